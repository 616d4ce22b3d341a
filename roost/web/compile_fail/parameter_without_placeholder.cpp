// A handler that takes a path parameter which its path does not have.
// expect-g++: parameter_has_no_route_placeholder<.*&CatsController::find_one>
// expect-g++: error: static assertion failed: roost: .*the handler takes a roost::Param that its route's path does not contain
// expect-clang++: error: static_assert failed .*the handler takes a roost::Param that its route's path does not contain
// expect-clang++: parameter_has_no_route_placeholder<.*&CatsController::find_one>
#include <roost/web/controllers.hpp>

struct Cat {
  int id;
};

class CatsController {
 public:
#ifdef ROOST_FIXED
  Cat find_one(roost::Param<"id", int> id) { return {id}; }
#else
  Cat find_one(roost::Param<"id", int> id, roost::Param<"name">) { return {id}; }
#endif
  static constexpr auto routes =
      roost::controller("cats", roost::get<&CatsController::find_one>(":id"));
};

auto list = roost::controllers<CatsController>();
