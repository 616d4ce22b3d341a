// Finds the lifecycle hooks of a class: member functions of known names that return void or
// Task<void>.
#pragma once

#include <roost/di/provider_record.hpp>

#include <string_view>
#include <type_traits>
#include <utility>

namespace roost::di {

/// Wraps `Call` (which invokes the hook on a T) as data. `At` turns the storage into a T&.
template <class T, class At, class Call>
consteval Hook make_hook() {
  using Result = decltype(Call::on(std::declval<T&>(), std::string_view{}));
  Hook hook;
  if constexpr (std::is_void_v<Result>) {
    hook.call = [](void* storage, std::string_view signal) {
      Call::on(At::object(storage), signal);
    };
  } else if constexpr (std::is_same_v<Result, Task<void>>) {
    hook.call_task = [](void* storage, std::string_view signal) -> Task<void> {
      return Call::on(At::object(storage), signal);
    };
  }
  return hook;
}

struct CallModuleInit {
  static auto on(auto& object, std::string_view) { return object.on_module_init(); }
};
struct CallBootstrap {
  static auto on(auto& object, std::string_view) { return object.on_application_bootstrap(); }
};
struct CallModuleDestroy {
  static auto on(auto& object, std::string_view) { return object.on_module_destroy(); }
};
struct CallBeforeShutdown {
  static auto on(auto& object, std::string_view) { return object.before_application_shutdown(); }
  static auto on(auto& object, std::string_view signal) requires requires {
    object.before_application_shutdown(signal);
  }
  { return object.before_application_shutdown(signal); }
};
struct CallShutdown {
  static auto on(auto& object, std::string_view) { return object.on_application_shutdown(); }
  static auto on(auto& object, std::string_view signal) requires requires {
    object.on_application_shutdown(signal);
  }
  { return object.on_application_shutdown(signal); }
};

struct CallHealthCheck {
  static auto on(auto& object, std::string_view) { return object.check_health(); }
};

/// Which hooks T has. Taking their address would fail for an overloaded hook; a call does not.
template <class T>
struct HasHook {
  static constexpr bool init = requires(T & t) { t.on_module_init(); };
  static constexpr bool bootstrap = requires(T & t) { t.on_application_bootstrap(); };
  static constexpr bool module_destroy = requires(T & t) { t.on_module_destroy(); };
  static constexpr bool before = requires(T & t, std::string_view s) {
    t.before_application_shutdown(s);
  }
  || requires(T& t) { t.before_application_shutdown(); };
  static constexpr bool shutdown = requires(T & t, std::string_view s) {
    t.on_application_shutdown(s);
  }
  || requires(T& t) { t.on_application_shutdown(); };
  static constexpr bool health = requires(T & t) { t.check_health(); };
  static constexpr bool any = init || bootstrap || module_destroy || before || shutdown || health;
};

template <class T, class At>
consteval HookTable make_hook_table() {
  using Has = HasHook<T>;
  HookTable table;
  if constexpr (Has::init) table.hooks[0] = make_hook<T, At, CallModuleInit>();
  if constexpr (Has::bootstrap) table.hooks[1] = make_hook<T, At, CallBootstrap>();
  if constexpr (Has::module_destroy) table.hooks[2] = make_hook<T, At, CallModuleDestroy>();
  if constexpr (Has::before) table.hooks[3] = make_hook<T, At, CallBeforeShutdown>();
  if constexpr (Has::shutdown) table.hooks[4] = make_hook<T, At, CallShutdown>();
  if constexpr (Has::health) table.hooks[5] = make_hook<T, At, CallHealthCheck>();
  if constexpr (requires { T::health_name; }) table.health_name = T::health_name;
  return table;
}
template <class T, class At>
inline constexpr HookTable hook_table = make_hook_table<T, At>();

template <class T>
consteval bool has_hooks() {
  if constexpr (std::is_class_v<T>) {
    return HasHook<T>::any;
  } else {
    return false;
  }
}

template <class T, class Call, bool Has>
consteval bool hook_valid() {
  if constexpr (Has) {
    using Result = decltype(Call::on(std::declval<T&>(), std::string_view{}));
    return std::is_void_v<Result> || std::is_same_v<Result, Task<void>>;
  } else {
    return true;
  }
}

/// False when a hook of T returns something else than void or Task<void>.
template <class T>
consteval bool hooks_valid() {
  if constexpr (has_hooks<T>()) {
    using Has = HasHook<T>;
    return hook_valid<T, CallModuleInit, Has::init>() &&
           hook_valid<T, CallBootstrap, Has::bootstrap>() &&
           hook_valid<T, CallModuleDestroy, Has::module_destroy>() &&
           hook_valid<T, CallBeforeShutdown, Has::before>() &&
           hook_valid<T, CallShutdown, Has::shutdown>() &&
           hook_valid<T, CallHealthCheck, Has::health>();
  } else {
    return true;
  }
}

/// The hooks of T, or null when it has none.
template <class T, class At>
consteval const HookTable* hooks_of() {
  if constexpr (has_hooks<T>()) {
    return &hook_table<T, At>;
  } else {
    return nullptr;
  }
}

}  // namespace roost::di
