// A stream is returned by what owns it.
// expect-g++: handler_returns_a_stream_by_value<Numbers>
// expect-g++: error: static assertion failed: roost: .*a stream lives on after its handler; return what owns it
// expect-clang++: error: static_assert failed .*a stream lives on after its handler; return what owns it
// expect-clang++: handler_returns_a_stream_by_value<Numbers>
#include <roost/http/stream.hpp>
#include <roost/web/controllers.hpp>

#include <memory>
#include <string>

class Numbers final : public roost::http::Stream {
 public:
  roost::Task<bool> next(std::string& out) override {
    out += "1";
    co_return false;
  }
};

class NumbersController {
 public:
#ifdef ROOST_FIXED
  std::unique_ptr<Numbers> all() { return std::make_unique<Numbers>(); }
#else
  Numbers all() { return Numbers(); }
#endif
  static constexpr auto routes =
      roost::controller("numbers", roost::get<&NumbersController::all>());
};

auto list = roost::controllers<NumbersController>();
