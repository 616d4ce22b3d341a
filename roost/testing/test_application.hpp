// An application for tests: providers replaced, requests answered without a socket.
#pragma once

#include <roost/app/application.hpp>
#include <roost/async/event_loop.hpp>
#include <roost/di/container.hpp>
#include <roost/http/method.hpp>
#include <roost/json/read.hpp>
#include <roost/json/value.hpp>
#include <roost/json/write.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace roost::testing {

/// A request as a test writes it:
/// `app.inject({.method = http::Method::POST, .path = "/cats", .json = R"({"name":"Mia"})"})`.
struct TestRequest {
  http::Method method = http::Method::GET;
  std::string path = "/";  // with the query string, percent-encoded as on the wire
  std::vector<std::pair<std::string, std::string>> headers{};
  /// Sent as application/json unless a Content-Type header says otherwise.
  std::string json{};
  /// Sent as it stands; give it a Content-Type header.
  std::string body{};
};

/// What came back.
struct TestResponse {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;

  /// The first header of this name, in any case.
  [[nodiscard]] std::optional<std::string> header(std::string_view name) const;
  /// The body as JSON. Throws roost::Error when it is none.
  [[nodiscard]] json::Value json() const;
  /// The body as a T. Throws roost::Error that says what does not fit.
  template <class T>
  [[nodiscard]] T as() const {
    return json::read_or_throw<T>(body);
  }
};

/// An application under test. Starts at the first request (or `start`), on a loop of its own that
/// runs within the calls; stops with the destructor. Belongs to one thread.
class TestApplication {
 public:
  explicit TestApplication(Application application);
  TestApplication(TestApplication&&) noexcept;
  TestApplication& operator=(TestApplication&&) noexcept;
  ~TestApplication();

  /// Puts `replacement` in the place of every provider of T. It must outlive the application.
  /// Before the start only.
  template <class T>
  TestApplication& override_with(T& replacement) & {
    options().override_with(reference<T>(replacement));
    return *this;
  }
  template <class T>
  TestApplication&& override_with(T& replacement) && {
    return std::move(override_with<T>(replacement));
  }

  /// Builds the application. Throws StartupError.
  void start();
  /// Runs the shutdown hooks. Nothing may be injected afterwards.
  void stop();

  /// Answers one request.
  TestResponse inject(const TestRequest& request);
  TestResponse get(std::string_view path) { return inject(TestRequest{.path = std::string(path)}); }

  /// The singleton of type T, to look at what a request did.
  template <class T>
  [[nodiscard]] decltype(auto) get() {
    start();
    return application().container().template get<T>();
  }

  [[nodiscard]] Application& application();
  [[nodiscard]] EventLoop& loop();

 private:
  struct State;
  [[nodiscard]] di::BuildOptions& options();

  std::unique_ptr<State> state_;
};

/// The application of root module M, silent, for tests: `auto app = testing::create<AppModule>();`.
template <class M>
[[nodiscard]] TestApplication create(ApplicationOptions options = {}) {
  if (!options.log()) options.log(LogOptions().level(LogLevel::off));
  return TestApplication{roost::create<M>(options)};
}

}  // namespace roost::testing
