// What is read by co_await needs a coroutine.
// expect-g++: handler_of_a_body_stream_is_no_coroutine<&CatsController::create>
// expect-g++: error: static assertion failed: roost: .*a roost::BodyStream is read by co_await
// expect-clang++: error: static_assert failed .*a roost::BodyStream is read by co_await
// expect-clang++: handler_of_a_body_stream_is_no_coroutine<&CatsController::create>
#include <roost/web/body_stream.hpp>
#include <roost/web/controllers.hpp>

class CatsController {
 public:
#ifdef ROOST_FIXED
  roost::Task<void> create(roost::BodyStream body) { co_await body.read(); }
#else
  void create(roost::BodyStream) {}
#endif
  static constexpr auto routes = roost::controller("cats", roost::post<&CatsController::create>());
};

auto list = roost::controllers<CatsController>();
