// Finds the lifecycle hooks of a class: member functions of known names that return void or
// Task<void>.
#pragma once

#include <roost/di/provider_record.hpp>

#include <string_view>
#include <type_traits>

namespace roost::di {

template <class T>
struct InvalidHook {
  static_assert(sizeof(T*) == 0,
                "roost: a lifecycle hook returns void or roost::Task<void>; on_module_init, "
                "on_application_bootstrap and on_module_destroy take nothing or the signal, "
                "before_application_shutdown and on_application_shutdown take nothing or a "
                "std::string_view");
};

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
  } else {
    (void)sizeof(InvalidHook<T>);
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
  static constexpr bool any = init || bootstrap || module_destroy || before || shutdown;
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
