// A class among the controllers that lists no routes.
// expect: this class stands in controllers<…>\(\) but has no table of routes
// expect: controller_has_no_routes<CatsController>
#include <roost/web/controllers.hpp>

class CatsController {
 public:
  int count() { return 0; }
#ifdef ROOST_FIXED
  static constexpr auto routes = roost::controller("cats", roost::get<&CatsController::count>());
#endif
};

auto list = roost::controllers<CatsController>();
