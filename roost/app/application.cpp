#include <roost/app/access_log.hpp>
#include <roost/app/application.hpp>
#include <roost/app/command_line.hpp>
#include <roost/app/health_controller.hpp>
#include <roost/app/logger.hpp>
#include <roost/app/metric_registry.hpp>
#include <roost/app/metrics.hpp>
#include <roost/app/signals.hpp>
#include <roost/async/event_loop.hpp>
#include <roost/async/event_loop_group.hpp>
#include <roost/async/timers.hpp>
#include <roost/di/container.hpp>
#include <roost/http/request.hpp>
#include <roost/http/server.hpp>
#include <roost/openapi/docs.hpp>
#include <roost/openapi/document.hpp>
#include <roost/openapi/routes_table.hpp>
#include <roost/web/controllers.hpp>
#include <roost/web/dispatcher.hpp>
#include <roost/web/enhancers.hpp>
#include <roost/web/static_files.hpp>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace roost {

namespace {

/// What the framework itself provides, in every application.
struct FrameworkModule {
  using exports = roost::exports<Logger, MetricRegistry>;
};

std::string environment(const char* name, std::string_view otherwise) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nobody changes the environment
  const char* value = std::getenv(name);
  return std::string{value == nullptr || *value == '\0' ? otherwise : std::string_view{value}};
}

std::uint16_t port_from_environment() {
  const std::string text = environment("PORT", "3000");
  std::uint16_t port = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, port);
  if (error != std::errc{} || stop != end) {
    throw Error("PORT is \"" + text + "\"; a number from 0 to 65535 is expected");
  }
  return port;
}

std::string message_of(const std::exception_ptr& exception) {
  try {
    std::rethrow_exception(exception);
  } catch (const std::exception& error) {
    return error.what();
  } catch (...) {
    return "an exception that is no std::exception";
  }
}

/// The root module, which is known to the running program only.
struct RootImport : di::ModulePart {
  di::ModuleImport entry;

  template <class>
  void add_to(di::ModuleData& data) const {
    di::add_imports(data, &entry, 1);
  }
};

}  // namespace

struct Application::State {
  State(TypeId root_type, ModuleDef (*define_root)(), ApplicationOptions given)
      : root{root_type}, define{define_root}, options{std::move(given)} {}

  TypeId root;
  ModuleDef (*define)();
  ApplicationOptions options;
  std::unique_ptr<Logger> logger;
  MetricRegistry registry;
  std::unique_ptr<di::Container> container;
  std::unique_ptr<openapi::Docs> docs;
  std::unique_ptr<web::Dispatcher> dispatcher;
  std::unique_ptr<HealthController> health;
  std::unique_ptr<Metrics> metrics;  // stays until the last request has gone

  Logger& log() {
    if (logger == nullptr) {
      logger =
          std::make_unique<Logger>(options.log() ? *options.log() : LogOptions::from_environment());
    }
    return *logger;
  }

  [[nodiscard]] ModuleDef framework() {
    return module<FrameworkModule>(global{}, reference<Logger>(log()),
                                   reference<MetricRegistry>(registry),
                                   RootImport{{}, {root, define, ModuleDef{}}});
  }

  void log_failure(http::Request& request, const std::exception_ptr& exception) {
    log().log(LogLevel::error, "http", "request failed", "error", message_of(exception), "method",
              request.method_text(), "path", request.raw_path(), "requestId", request.id());
  }

  /// What is told of requests and answers.
  void add_observers(web::DispatcherHooks& hooks) {
    const bool logs = has_access_log();
    if (metrics == nullptr) {
      if (logs) hooks.on_answer = AccessLog{log()};
      return;
    }
    hooks.on_request = [this](http::Request& request) { metrics->begin(request); };
    if (!logs) {
      hooks.on_answer = [this](http::Request& request, const http::Response& response) {
        metrics->end(request, response);
      };
      return;
    }
    hooks.on_answer = [this, write = AccessLog{log()}](http::Request& request,
                                                       const http::Response& response) {
      metrics->end(request, response);
      write(request, response);
    };
  }

  void log_failures(const std::vector<di::HookFailure>& failures) {
    for (const di::HookFailure& failure : failures) {
      log().log(LogLevel::error, "shutdown", failure.hook + " failed", "provider", failure.provider,
                "module", failure.module, "error", failure.reason);
    }
  }

  [[nodiscard]] bool has_access_log() {
    if (options.access_log()) return *options.access_log();
    return environment("LOG_ACCESS", "on") != "off" && log().enabled(LogLevel::info);
  }

  [[nodiscard]] OpenApiOptions openapi_options() const {
    OpenApiOptions named = options.openapi();
    if (named.title().empty()) named.title(program_invocation_short_name);
    return named;
  }

  [[nodiscard]] bool has_docs() const {
    return options.docs() ? *options.docs() : environment("APP_ENV", "development") != "production";
  }

  /// What decides which routes there are.
  [[nodiscard]] web::DispatcherHooks route_hooks() const {
    web::DispatcherHooks hooks;
    hooks.prefix = options.global_prefix();
    hooks.versioning = options.versioning();
    hooks.validation = options.validation();
    if (options.health()) {
      hooks.fallbacks.push_back({&web::describe_controller<HealthController>(), health.get()});
    }
    if (options.metrics()) {
      hooks.fallbacks.push_back({&web::describe_controller<Metrics>(), metrics.get()});
    }
    return hooks;
  }

  /// Calls `look` with the container and the routes of an application that is not started.
  template <class Look>
  auto inspect(Look look) {
    di::BuildOptions build;
    build.supplies<http::Request>().supplies<ExecutionContext>();
    const auto planned = di::Container::plan(framework(), std::move(build));
    const web::Dispatcher routes{*planned, route_hooks()};
    return look(*planned, routes.guarded_routes());
  }
  [[nodiscard]] std::string answer(Inquiry inquiry);

  void start(EventLoop& loop, di::BuildOptions build);
  void stop(EventLoop& loop, std::string_view signal);
  void serve(std::uint16_t port, const std::string& host);
  void reload_certificate();
  void renew_certificate();

  /// While it lives, other threads can reach the server.
  struct Serving {
    Serving(State& owner, http::Server& server) : state{owner} {
      const std::lock_guard lock{state.listening_mutex};
      state.listening = &server;
    }
    Serving(const Serving&) = delete;
    Serving& operator=(const Serving&) = delete;
    ~Serving() {
      const std::lock_guard lock{state.listening_mutex};
      state.listening = nullptr;
    }
    State& state;
  };
  std::mutex listening_mutex;
  http::Server* listening = nullptr;
};

void Application::State::start(EventLoop& loop, di::BuildOptions build) {
  build.supplies<http::Request>().supplies<ExecutionContext>();
  container = loop.block_on(di::Container::build(framework(), std::move(build)));
  loop.block_on(container->init());
  if (options.health()) {
    health = std::make_unique<HealthController>(log(), options.health_timeout());
    health->look_after(container.get());
  }
  if (options.metrics()) metrics = std::make_unique<Metrics>(&registry);
  web::DispatcherHooks hooks = route_hooks();
  hooks.on_failure = [this](http::Request& request, const std::exception_ptr& exception) {
    log_failure(request, exception);
  };
  hooks.policies = options.policies();
  hooks.serves = true;
  for (const StaticFilesOptions& files : options.static_files()) {
    hooks.static_files.push_back(std::make_shared<const web::StaticFiles>(files));
  }
  add_observers(hooks);
  if (has_docs()) {
    docs = std::make_unique<openapi::Docs>(openapi_options());
    hooks.fallbacks.push_back({&web::describe_controller<openapi::Docs>(), docs.get()});
  }
  dispatcher = std::make_unique<web::Dispatcher>(*container, std::move(hooks));
  if (docs != nullptr) docs->describe(dispatcher->guarded_routes());
  if (metrics != nullptr) metrics->describe(dispatcher->routes());
  loop.block_on(container->bootstrap());
}

std::string Application::State::answer(Inquiry inquiry) {
  return inspect([&](const di::Container& planned, const auto& routes) {
    switch (inquiry) {
      case Inquiry::openapi_json:
        return openapi::make_document(routes, openapi_options()).dump_pretty() + "\n";
      case Inquiry::openapi_yaml:
        return openapi::to_yaml(openapi::make_document(routes, openapi_options()));
      case Inquiry::routes:
        return openapi::routes_table(routes);
      case Inquiry::graph:
        return planned.mermaid();
      case Inquiry::none:
        break;
    }
    return std::string{};
  });
}

void Application::State::stop(EventLoop& loop, std::string_view signal) {
  if (container == nullptr) return;
  log_failures(loop.block_on(container->destroy(signal)));
  log_failures(loop.block_on(container->before_shutdown(signal)));
  log_failures(loop.block_on(container->shutdown(signal)));
  if (health != nullptr) health->look_after(nullptr);
  dispatcher.reset();
  docs.reset();
  container.reset();
}

void Application::State::serve(std::uint16_t port, const std::string& host) {
  // Blocked before the first thread starts, so that every thread inherits the mask.
  const bool speaks_tls = options.server() != nullptr && options.server()->tls.has_value();
  ProcessSignals signals{speaks_tls};
  const std::size_t threads = options.threads() != 0
                                  ? options.threads()
                                  : std::max<std::size_t>(1, std::thread::hardware_concurrency());
  EventLoop main_loop;
  std::optional<EventLoopGroup> others;
  std::vector<EventLoop*> loops{&main_loop};
  if (threads > 1) {
    others.emplace(threads - 1);
    for (std::size_t i = 0; i + 1 < threads; ++i) loops.push_back(&others->loop(i));
  }
  const auto report = [this](const std::exception_ptr& error, std::string_view where) {
    log().log(LogLevel::error, "loop", "a task failed", "where", where, "error", message_of(error));
  };
  for (EventLoop* loop : loops) loop->set_error_handler(report);

  start(main_loop, {});
  http::ServerOptions server_options;
  if (options.server() != nullptr) server_options = *options.server();
  server_options.body_limit = options.body_limit();
  http::Server server{*dispatcher, server_options};
  server.listen(host, port, loops);
  const Serving serving{*this, server};
  if (others) others->start();
  log().log(LogLevel::info, "app", "listening", "host", host, "port", server.port(), "threads",
            threads);
  log().flush();

  Timeout drain_delay{main_loop, [&] {
                        server.drain(options.shutdown_grace(), [&main_loop] { main_loop.stop(); });
                      }};
  std::string signal;
  const auto begin_to_stop = [&](std::string_view name) {
    signal = name;
    log().log(LogLevel::info, "app", "stopping", "signal", name);
    log().flush();
    if (health != nullptr) health->begin_shutdown();
    drain_delay.arm(options.shutdown_delay());
  };
  main_loop.spawn(signals.wait(begin_to_stop, [this] { renew_certificate(); }));
  main_loop.run();
  stop(main_loop, signal);
  if (others) {
    others->stop();
    others->join();
  }
  log().log(LogLevel::info, "app", "stopped");
}

void Application::State::reload_certificate() {
  {
    const std::lock_guard lock{listening_mutex};
    if (listening == nullptr) throw Error("the application does not listen");
    listening->reload_certificate();
  }
  log().log(LogLevel::info, "app", "certificate read again");
}

/// What SIGHUP asks for: a mistake in the files is no reason to stop.
void Application::State::renew_certificate() {
  try {
    reload_certificate();
  } catch (const std::exception& error) {
    log().log(LogLevel::error, "app", "the former certificate stays", "error", error.what());
  }
  log().flush();
}

Application::Application(TypeId root, ModuleDef (*define)(), const ApplicationOptions& options)
    : state_{new State(root, define, options)} {}
Application::Application(Application&&) noexcept = default;
Application& Application::operator=(Application&&) noexcept = default;
Application::~Application() = default;

void Application::reload_certificate() { state_->reload_certificate(); }

int Application::listen() {
  try {
    const std::uint16_t port = port_from_environment();
    return listen(port, environment("HOST", "127.0.0.1"));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "the application did not start: %s\n", error.what());
    return 1;
  }
}

int Application::listen(std::uint16_t port, std::string_view host) {
  try {
    const Inquiry inquiry =
        state_->options.inquiries() ? inquiry_of(process_arguments()) : Inquiry::none;
    if (inquiry != Inquiry::none) {
      const std::string answer = state_->answer(inquiry);
      std::fwrite(answer.data(), 1, answer.size(), stdout);
      return std::fflush(stdout) == 0 ? 0 : 1;
    }
    state_->serve(port, std::string(host));
    return 0;
  } catch (const std::exception& error) {
    // Standard error and as it stands: a list of problems reads badly inside a log line.
    std::fprintf(stderr, "the application did not start: %s\n", error.what());
    return 1;
  }
}

json::Value Application::openapi() const {
  return state_->inspect([this](const di::Container&, const auto& routes) {
    return openapi::make_document(routes, state_->openapi_options());
  });
}
std::string Application::routes() const { return state_->answer(Inquiry::routes); }
std::string Application::graph() const { return state_->answer(Inquiry::graph); }

void Application::start(EventLoop& loop, di::BuildOptions build) {
  state_->start(loop, std::move(build));
}
void Application::stop(EventLoop& loop, std::string_view signal) { state_->stop(loop, signal); }

di::Container& Application::container() { return *state_->container; }
web::Dispatcher& Application::dispatcher() { return *state_->dispatcher; }
Logger& Application::logger() { return state_->log(); }

}  // namespace roost
