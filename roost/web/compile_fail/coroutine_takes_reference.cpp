// A coroutine would keep a reference to an argument that is gone.
// expect-g++: coroutine_handler_takes_a_reference<roost::Body<Cat>, &CatsController::create>
// expect-g++: error: static assertion failed: roost: .*a handler that is a coroutine outlives its arguments
// expect-clang++: error: static_assert failed .*a handler that is a coroutine outlives its arguments
// expect-clang++: coroutine_handler_takes_a_reference<roost::Body<Cat>, &CatsController::create>
#include <roost/web/controllers.hpp>

struct Cat {
  int id;
};

class CatsController {
 public:
#ifdef ROOST_FIXED
  roost::Task<Cat> create(roost::Body<Cat> cat) { co_return *cat; }
#else
  roost::Task<Cat> create(const roost::Body<Cat>& cat) { co_return *cat; }
#endif
  static constexpr auto routes = roost::controller("cats", roost::post<&CatsController::create>());
};

auto list = roost::controllers<CatsController>();
