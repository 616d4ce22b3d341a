// A request has one body.
// expect-g++: handler_takes_two_bodies<&CatsController::create>
// expect-g++: error: static assertion failed: roost: .*a request has one body, but the handler takes more than one
// expect-clang++: error: static_assert failed .*a request has one body, but the handler takes more than one
// expect-clang++: handler_takes_two_bodies<&CatsController::create>
#include <roost/web/controllers.hpp>

struct Cat {
  int id;
};

class CatsController {
 public:
#ifdef ROOST_FIXED
  Cat create(roost::Body<Cat> cat) { return *cat; }
#else
  Cat create(roost::Body<Cat> cat, roost::Body<Cat>) { return *cat; }
#endif
  static constexpr auto routes = roost::controller("cats", roost::post<&CatsController::create>());
};

auto list = roost::controllers<CatsController>();
