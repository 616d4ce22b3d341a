// Providers and controllers as data: what a module's file hands to the container after the types
// are gone.
#pragma once

#include <roost/async/task.hpp>
#include <roost/di/dependency.hpp>
#include <roost/di/scope.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace roost::di {

enum class ProviderKind : std::uint8_t {
  constructed,  // class, bind, contribute: the container calls the constructor
  made,         // factory: a function makes it
  given,        // value, reference: it exists already
  alias,        // another provider under a second token
};

/// One lifecycle hook of a class; at most one of the two is set, both are null without the hook.
/// The first argument is the instance's storage.
struct Hook {
  void (*call)(void* storage, std::string_view signal) = nullptr;
  Task<void> (*call_task)(void* storage, std::string_view signal) = nullptr;

  explicit constexpr operator bool() const { return call != nullptr || call_task != nullptr; }
};

enum class HookPhase : std::uint8_t {
  module_init,
  application_bootstrap,
  module_destroy,
  before_application_shutdown,
  application_shutdown,
  health_check,  // at any time while the application runs
};
inline constexpr std::size_t hook_phases = 6;

/// The hooks of a class, indexed by HookPhase.
struct HookTable {
  Hook hooks[hook_phases];
  std::string_view health_name;  // what the health check is called; empty: as the class
};

/// What is the same for every instance of a provider; a constant.
struct ProviderShape {
  TypeId token;           // what consumers ask for
  TypeId implementation;  // what is made
  ProviderKind kind = ProviderKind::constructed;
  Scope scope = Scope::singleton;
  /// A contribution answers All<token> only, never a plain parameter.
  bool contribution = false;
  /// The storage that one instance needs, in bytes; 0 for what is given.
  std::uint32_t size = 0;
  std::uint32_t alignment = 1;
  const Dependency* dependencies = nullptr;  // one per constructor parameter
  std::uint32_t dependency_count = 0;
  /// Makes an instance in `storage` and returns the pointer that consumers get. `arguments` has one
  /// pointer per dependency. For what is given: returns the existing object. For an alias: converts
  /// arguments[0].
  void* (*make)(const void* state, void* storage, void* const* arguments) = nullptr;
  /// Set instead of `make` for a factory that returns a Task.
  Task<void*> (*make_task)(const void* state, void* storage, void* const* arguments) = nullptr;
  /// Ends the life of what `storage` holds; null when there is nothing to do.
  void (*destroy)(void* storage) noexcept = nullptr;
  const HookTable* hooks = nullptr;  // null when the class has none
};

}  // namespace roost::di
