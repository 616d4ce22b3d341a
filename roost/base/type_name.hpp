// Names and identities of types at run time without RTTI: what error messages, dumps and the
// injector use.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace roost {

namespace detail {

template <class T>
consteval std::string_view qualified_type_name() {
#if defined(__clang__)
  // "std::string_view roost::detail::qualified_type_name() [T = X]"
  constexpr std::string_view text = __PRETTY_FUNCTION__;
  constexpr std::string_view before = "[T = ";
  constexpr auto begin = text.find(before) + before.size();
  return text.substr(begin, text.rfind(']') - begin);
#else
  // "consteval std::string_view roost::detail::qualified_type_name() [with T = X; std::… = …]"
  constexpr std::string_view text = __PRETTY_FUNCTION__;
  constexpr std::string_view before = "[with T = ";
  constexpr std::string_view after = "; std::string_view = ";
  constexpr auto begin = text.find(before) + before.size();
  return text.substr(begin, text.rfind(after) - begin);
#endif
}

/// Drops the namespaces of a name, but not those of its template arguments.
constexpr std::string_view unqualified(std::string_view name) {
  std::size_t depth = 0;
  std::size_t start = 0;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    if (c == '<' || c == '(' || c == '{') ++depth;
    if (c == '>' || c == ')' || c == '}') --depth;
    if (depth == 0 && c == ':' && i + 1 < name.size() && name[i + 1] == ':') start = i + 2;
  }
  return name.substr(start);
}

template <auto Function>
consteval std::string_view member_function_name() {
  // g++: "… [with auto Function = &CatsController::create; std::… = …]" or, for an inherited or
  // overloaded one, with a cast in parentheses before the name; clang: "… [Function = &C::create]".
  std::string_view text = __PRETTY_FUNCTION__;
  text = text.substr(text.find("Function = "));
#if defined(__clang__)
  text = text.substr(0, text.rfind(']'));
#else
  text = text.substr(0, text.rfind("; std::string_view = "));
#endif
  while (text.back() == ')') text.remove_suffix(1);
  return text.substr(text.rfind(':') + 1);
}

template <class T>
struct TypeIdentity {
  static constexpr std::string_view name = qualified_type_name<T>();
};

}  // namespace detail

/// The name of T with its namespaces, as the compiler prints it ("app::CatsService").
template <class T>
inline constexpr std::string_view qualified_type_name = detail::qualified_type_name<T>();

/// The name of T without namespaces ("CatsService").
template <class T>
inline constexpr std::string_view type_name = detail::unqualified(detail::qualified_type_name<T>());

/// The name of a member function without its class: "create" for `&CatsController::create`.
template <auto Function>
inline constexpr std::string_view member_function_name = detail::member_function_name<Function>();

/// Identity of a type as a value: comparable, hashable, printable. Trivially copyable; a
/// default-constructed id names no type. Works across translation units of one program.
class TypeId {
 public:
  constexpr TypeId() = default;

  /// The identity of exactly T (const and references count).
  template <class T>
  [[nodiscard]] static constexpr TypeId of() {
    return TypeId{&detail::TypeIdentity<T>::name};
  }

  /// Qualified name, or "(no type)".
  [[nodiscard]] constexpr std::string_view name() const {
    return name_ == nullptr ? std::string_view{"(no type)"} : *name_;
  }
  [[nodiscard]] constexpr explicit operator bool() const { return name_ != nullptr; }

  friend constexpr bool operator==(TypeId, TypeId) = default;
  friend bool operator<(TypeId a, TypeId b) {
    return reinterpret_cast<std::uintptr_t>(a.name_) < reinterpret_cast<std::uintptr_t>(b.name_);
  }

 private:
  constexpr explicit TypeId(const std::string_view* name) : name_{name} {}

  friend struct std::hash<TypeId>;
  const std::string_view* name_ = nullptr;
};

}  // namespace roost

template <>
struct std::hash<roost::TypeId> {
  std::size_t operator()(roost::TypeId id) const noexcept {
    return reinterpret_cast<std::uintptr_t>(id.name_);  // as the standard library hashes pointers
  }
};
