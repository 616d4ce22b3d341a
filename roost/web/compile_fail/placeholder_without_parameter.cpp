// A placeholder in the path that the handler does not take.
// expect-g++: route_placeholder_has_no_parameter<.*&CatsController::find_one>
// expect-g++: error: static assertion failed: roost: .*the route's path has a placeholder that its handler does not take
// expect-clang++: error: static_assert failed .*the route's path has a placeholder that its handler does not take
// expect-clang++: route_placeholder_has_no_parameter<.*&CatsController::find_one>
#include <roost/web/controllers.hpp>

struct Cat {
  int id;
};

class CatsController {
 public:
#ifdef ROOST_FIXED
  Cat find_one(roost::Param<"id", int> id) { return {id}; }
#else
  Cat find_one() { return {1}; }
#endif
  static constexpr auto routes =
      roost::controller("cats", roost::get<&CatsController::find_one>(":id"));
};

auto list = roost::controllers<CatsController>();
