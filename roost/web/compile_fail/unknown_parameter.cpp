// A parameter that no part of a request can fill.
// expect-g++: handler_parameter_has_no_source<Cat, &CatsController::create>
// expect-g++: error: static assertion failed: roost: .*Roost does not know where this parameter of a handler comes from
// expect-clang++: error: static_assert failed .*Roost does not know where this parameter of a handler comes from
// expect-clang++: handler_parameter_has_no_source<Cat, &CatsController::create>
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
