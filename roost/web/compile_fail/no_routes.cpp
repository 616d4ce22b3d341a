// A class among the controllers that lists no routes.
// expect-g++: controller_has_no_routes<CatsController>
// expect-g++: error: static assertion failed: roost: .*has no table of routes
// expect-clang++: error: static_assert failed .*has no table of routes
// expect-clang++: controller_has_no_routes<CatsController>
#include <roost/web/controllers.hpp>

class CatsController {
 public:
  int count() { return 0; }
#ifdef ROOST_FIXED
  static constexpr auto routes = roost::controller("cats", roost::get<&CatsController::count>());
#endif
};

auto list = roost::controllers<CatsController>();
