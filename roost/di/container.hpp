// The container: scans the modules, finds every fault of the wiring, constructs what lives as long
// as the application, and runs the lifecycle hooks.
#pragma once

#include <roost/async/task.hpp>
#include <roost/base/chrono.hpp>
#include <roost/base/error.hpp>
#include <roost/di/module.hpp>
#include <roost/di/module_data.hpp>
#include <roost/di/module_ref.hpp>
#include <roost/di/startup_error.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace roost::di {

class RequestScope;
struct Graph;
struct ProviderNode;

/// What the application adds to its modules when it builds the container.
class BuildOptions {
 public:
  /// T will be handed into every RequestScope with supply(). At most `most_supplied` types.
  template <class T>
  BuildOptions& supplies() {
    supplied_.push_back(TypeId::of<T>());
    return *this;
  }

  /// Replaces every provider of the same token, in all modules, as tests do:
  /// `options.override_with(reference<Mailer>(fake))`; value, factory, bind and alias work too.
  /// What the replacement takes is injected from the module of what it replaces.
  template <class Spec>
  BuildOptions& override_with(const Spec& spec) {
    ModuleData data;
    spec.template add_to<OwnProviders<>>(data);
    for (ProviderRecord& record : data.providers) overrides_.push_back(std::move(record));
    return *this;
  }

  [[nodiscard]] const std::vector<TypeId>& supplied() const { return supplied_; }
  [[nodiscard]] const std::vector<ProviderRecord>& overrides() const { return overrides_; }

 private:
  std::vector<TypeId> supplied_;
  std::vector<ProviderRecord> overrides_;
};

/// A controller of the running application. A cheap handle, valid as long as the container.
class Controller {
 public:
  explicit Controller(const ProviderNode& node, const void* attachment)
      : node_{&node}, attachment_{attachment} {}

  [[nodiscard]] TypeId type() const;
  /// The module class that lists it.
  [[nodiscard]] TypeId module() const;
  /// What stands beside it in the module<M>(…) that lists it.
  [[nodiscard]] const std::vector<ModuleAttachment>& module_attachments() const;
  /// What the component that listed it attached.
  [[nodiscard]] const void* attachment() const { return attachment_; }

  /// True when one object serves all requests: then instance() gives it.
  [[nodiscard]] bool is_singleton() const;
  [[nodiscard]] void* instance() const;

  /// True when making it for a request runs an asynchronous factory: use instance_task.
  [[nodiscard]] bool needs_task() const;
  /// The controller for this request, for singletons as well; it lives as long as the scope.
  /// Throws what the constructors throw.
  [[nodiscard]] void* instance(RequestScope& scope) const;
  [[nodiscard]] Task<void*> instance_task(RequestScope& scope) const;

 private:
  const ProviderNode* node_;
  const void* attachment_;
};

/// A module of the running application, as other rooms see it.
struct ModuleView {
  TypeId type;
  bool is_global = false;
  const std::vector<ModuleAttachment>* attachments = nullptr;  // lives as long as the container
};

/// A lifecycle hook that failed while the application was going down.
struct HookFailure {
  std::string provider;  // class name
  std::string module;    // class name
  std::string hook;      // "on_module_destroy"
  std::string reason;
};

/// What a provider says of itself while the application runs.
struct HealthCheck {
  std::string name;  // its class, or what its `health_name` says
  bool up = true;
  std::string message;  // why not, for everybody; empty unless the check threw an UnhealthyError
  std::string reason;   // why not, for the log
};

/// Everything that lives as long as the application. Immutable once built: get() and request
/// scopes may be used from several threads. Destroyed in reverse order of construction.
class Container {
 public:
  /// Throws StartupError listing everything that is wrong with the wiring, or naming the provider
  /// whose constructor or factory failed (what was built by then is destroyed).
  static Task<std::unique_ptr<Container>> build(ModuleDef root, BuildOptions options = {});
  /// The same without constructing anything: for looking at modules, controllers and the wiring
  /// only. Throws StartupError.
  static std::unique_ptr<Container> plan(ModuleDef root, BuildOptions options = {});

  ~Container();
  Container(const Container&) = delete;
  Container& operator=(const Container&) = delete;

  /// The singleton of type T in the whole application. Throws roost::Error when no module provides
  /// one, when several do, or when it is not a singleton (see RequestScope::get).
  template <class T>
  [[nodiscard]] typename TokenObject<T>::type& get() const {
    return *static_cast<typename TokenObject<T>::type*>(get(TypeId::of<T>()));
  }
  /// As get, null when no module provides a T.
  template <class T>
  [[nodiscard]] typename TokenObject<T>::type* find() const {
    return static_cast<typename TokenObject<T>::type*>(find(TypeId::of<T>()));
  }
  /// True when exactly one provider of `token`, of any scope, is found in the application. Throws
  /// roost::Error when there are several.
  [[nodiscard]] bool provides(TypeId token) const;
  /// The object behind `token` when one object serves all requests, else null: ask a RequestScope.
  /// Throws roost::Error when there is no provider, or several.
  [[nodiscard]] void* singleton(TypeId token) const;
  /// The view of module class M. Throws roost::Error when it is not part of the application.
  template <class M>
  [[nodiscard]] ModuleRef& module() const {
    return module(TypeId::of<M>());
  }

  /// All controllers, modules in start-up order.
  [[nodiscard]] const std::vector<Controller>& controllers() const;

  /// All modules: those whose exports are global first, then by their distance from the root.
  [[nodiscard]] std::vector<ModuleView> modules() const;

  /// The lifecycle phases, each called once and in this order. Modules with global exports first,
  /// then each module after those that it imports; in a module providers after what they depend on,
  /// then controllers, then the module class. The last three go the other way round. Request-scoped
  /// and transient providers take no part.
  /// init and bootstrap throw StartupError naming the hook that failed.
  Task<void> init();
  Task<void> bootstrap();
  /// `signal` is empty for an ordinary close. A hook that throws does not keep the others from
  /// running.
  Task<std::vector<HookFailure>> destroy(std::string_view signal = {});
  Task<std::vector<HookFailure>> before_shutdown(std::string_view signal = {});
  Task<std::vector<HookFailure>> shutdown(std::string_view signal = {});

  /// Asks every singleton that has `void check_health()` or `Task<void> check_health()`, all at
  /// once, on the loop of the caller; one that throws, or takes longer than `limit`, is down. In
  /// start-up order.
  Task<std::vector<HealthCheck>> check_health(std::chrono::milliseconds limit) const;

  /// Modules, providers, scopes and dependencies as indented text, and as a Mermaid flowchart.
  [[nodiscard]] std::string describe() const;
  [[nodiscard]] std::string mermaid() const;

 private:
  friend class RequestScope;
  explicit Container(std::unique_ptr<Graph> graph);

  [[nodiscard]] void* get(TypeId token) const;
  [[nodiscard]] void* find(TypeId token) const;
  [[nodiscard]] ModuleRef& module(TypeId type) const;

  std::unique_ptr<Graph> graph_;
};

}  // namespace roost::di
