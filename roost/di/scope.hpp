// How long a provider lives and from where it is visible, as a class says it about itself.
#pragma once

#include <cstdint>

namespace roost {

/// Lifetime tags. A class says `using scope = roost::request_scoped;`, a provider made in the
/// module says `.scoped<roost::transient>()`. Without either a provider is a singleton.
struct singleton {};
/// One instance per request, shared by everything that takes it in that request.
struct request_scoped {};
/// One instance per consumer, which owns it: it lives exactly as long as its consumer.
struct transient {};

/// Visibility tag: a class with `using visibility = roost::global;` is visible in every module as
/// soon as one module of the application provides and exports it; that no module does so is found
/// at start-up. `global()` as an argument of `module<M>(…)` says that everything which M exports is
/// of this kind.
struct global {};

namespace di {

/// The lifetime of a provider as a value.
enum class Scope : std::uint8_t { singleton, request, transient };

/// Lower-case name for messages and dumps ("request-scoped").
constexpr const char* scope_name(Scope scope) {
  if (scope == Scope::request) return "request-scoped";
  return scope == Scope::transient ? "transient" : "singleton";
}

template <class Tag>
struct UnknownScopeTag {
  static_assert(sizeof(Tag*) == 0,
                "roost: a scope is one of roost::singleton, roost::request_scoped and "
                "roost::transient");
  static constexpr Scope scope = Scope::singleton;
};
template <class Tag>
inline constexpr Scope scope_from_tag = UnknownScopeTag<Tag>::scope;
template <>
inline constexpr Scope scope_from_tag<roost::singleton> = Scope::singleton;
template <>
inline constexpr Scope scope_from_tag<roost::request_scoped> = Scope::request;
template <>
inline constexpr Scope scope_from_tag<roost::transient> = Scope::transient;

template <class T>
consteval Scope declared_scope() {
  if constexpr (requires { typename T::scope; }) {
    return scope_from_tag<typename T::scope>;
  } else {
    return Scope::singleton;
  }
}

template <class T>
consteval bool declared_global() {
  if constexpr (requires { typename T::visibility; }) {
    return __is_same(typename T::visibility, global);
  } else {
    return false;
  }
}

}  // namespace di

/// The lifetime that consumers in other modules assume for T. Specialise it for a class that is
/// not yours and that some module provides as request-scoped:
/// `template <> inline constexpr auto roost::scope_of<Foreign> = roost::di::Scope::request;`
template <class T>
inline constexpr di::Scope scope_of = di::declared_scope<T>();

/// Whether T is visible everywhere. Specialise it for a class that is not yours:
/// `template <> inline constexpr bool roost::is_global<Foreign> = true;`
template <class T>
inline constexpr bool is_global = di::declared_global<T>();

/// Whether the framework hands a T into every request (the request itself, for one). Such a T needs
/// no provider and counts as request-scoped. The server declares its own; see RequestScope::supply.
template <class T>
inline constexpr bool is_supplied_per_request = false;

}  // namespace roost
