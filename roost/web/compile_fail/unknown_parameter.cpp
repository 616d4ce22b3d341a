// A parameter that no part of a request can fill.
// expect: Roost does not know where this parameter of a handler comes from
// expect: handler_parameter_has_no_source<Cat.*CatsController::create
#include <roost/web/controllers.hpp>

struct Cat {
  int id;
};

class CatsController {
 public:
#ifdef ROOST_FIXED
  Cat create(roost::Body<Cat> cat) { return *cat; }
#else
  Cat create(Cat cat) { return cat; }
#endif
  static constexpr auto routes = roost::controller("cats", roost::post<&CatsController::create>());
};

auto list = roost::controllers<CatsController>();
