// A coroutine would keep a reference to an argument that is gone.
// expect: a handler that is a coroutine outlives its arguments
// expect: coroutine_handler_takes_a_reference<.*Body<Cat>.*CatsController::create
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
