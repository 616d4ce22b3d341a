// Application: from a root module to a running server, and down again.
#pragma once

#include <roost/app/application_options.hpp>
#include <roost/base/owned.hpp>
#include <roost/base/type_name.hpp>
#include <roost/di/module_def.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace roost {

class EventLoop;
class Logger;

namespace di {
class BuildOptions;
class Container;
}  // namespace di
namespace json {
class Value;
}
namespace web {
class Dispatcher;
}

/// An application made of a root module. Not thread-safe: configured, started and stopped by one
/// thread.
class Application {
 public:
  /// `define` is called when the application starts.
  Application(TypeId root, ModuleDef (*define)(), const ApplicationOptions& options);
  Application(Application&&) noexcept;
  Application& operator=(Application&&) noexcept;
  ~Application();

  /// Serves until SIGTERM or SIGINT, then stops accepting, lets requests under way finish, runs the
  /// shutdown hooks and returns the exit code: 0, or 1 after a start that failed, whose reasons are
  /// in the log. Address from the environment: PORT (3000) and HOST (127.0.0.1).
  [[nodiscard]] int listen();
  /// The same at this address.
  /// Both print instead of serving when the program's only argument is --openapi, --openapi=yaml,
  /// --routes or --graph.
  [[nodiscard]] int listen(std::uint16_t port, std::string_view host = "127.0.0.1");

  /// Has the server read its certificate and key again, as SIGHUP does: new connections get the new
  /// one, those that are open stay. From any thread while the application listens. Throws
  /// roost::Error when the files cannot be used; the former certificate then stays.
  void reload_certificate();

  // What the application consists of, found without starting it: nothing is constructed. Throw
  // StartupError when its modules or routes are not in order.

  /// The OpenAPI document.
  [[nodiscard]] json::Value openapi() const;
  /// Method, path, handler, guards and input of each route, as a table.
  [[nodiscard]] std::string routes() const;
  /// Modules, providers and their scopes, as a Mermaid flowchart.
  [[nodiscard]] std::string graph() const;

  // For tests and programs with a loop of their own.

  /// Builds the container on `loop`, which must not run, and runs the start-up hooks. Throws
  /// StartupError.
  void start(EventLoop& loop, di::BuildOptions build);
  /// Runs the shutdown hooks on `loop` and destroys the container. Nothing may be under way.
  void stop(EventLoop& loop, std::string_view signal = {});

  [[nodiscard]] di::Container& container();
  [[nodiscard]] web::Dispatcher& dispatcher();
  [[nodiscard]] Logger& logger();

 private:
  struct State;
  Owned<State> state_;
};

/// The application whose root module is M: `return roost::create<AppModule>().listen(3000);`.
template <class M>
[[nodiscard]] Application create(const ApplicationOptions& options = {}) {
  return Application{TypeId::of<M>(), []() -> ModuleDef { return M::define(); }, options};
}

}  // namespace roost
