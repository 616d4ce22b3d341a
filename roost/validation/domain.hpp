// On which types of members a rule makes sense; checked by the compiler where `meta` is written.
#pragma once

#include <roost/meta/annotation.hpp>

#include <cstdint>
#include <string>
#include <type_traits>

namespace roost::validation {

/// Groups of C++ types; a rule names those that it understands.
enum class Domain : std::uint8_t {
  boolean = 1,
  number = 2,
  string = 4,
  enumeration = 8,
  array = 16,   // containers
  object = 32,  // structs and maps
  other = 64,   // classes with a text form (Timestamp, Uuid), variants, json::Value
  any = 127,
};
constexpr Domain operator|(Domain a, Domain b) {
  return static_cast<Domain>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
}
constexpr bool overlap(Domain a, Domain b) {
  return (static_cast<unsigned>(a) & static_cast<unsigned>(b)) != 0;
}

// Reasons in compile errors; see reflect::rule_does_not_fit_the_member.
struct it_needs_a_date;
struct it_needs_a_boolean;
struct it_needs_an_object;
struct it_does_not_fit;

namespace detail {

template <class M>
constexpr Domain domain_of() {
  if constexpr (std::is_same_v<M, bool>) {
    return Domain::boolean;
  } else if constexpr (std::is_arithmetic_v<M>) {
    return Domain::number;
  } else if constexpr (std::is_enum_v<M>) {
    return Domain::enumeration;
  } else if constexpr (std::is_same_v<M, std::string>) {
    return Domain::string;
  } else if constexpr (requires { typename M::mapped_type; }) {
    return Domain::object;
  } else if constexpr (requires(const M& m) {
                         typename M::value_type;
                         m.begin();
                         m.end();
                       }) {
    return Domain::array;
  } else if constexpr (std::is_aggregate_v<M>) {
    return Domain::object;
  } else {
    return Domain::other;
  }
}

template <class M>
struct ElementOf {
  using type = void;
};
template <class M>
requires requires { typename M::mapped_type; }
struct ElementOf<M> {
  using type = typename M::mapped_type;
};
template <class M>
requires(
    !requires { typename M::mapped_type; } &&
    requires { typename M::value_type; }) struct ElementOf<M> {
  using type = typename M::value_type;
};

template <Domain domain>
constexpr auto requirement_tag() {
  if constexpr (domain == Domain::number) {
    return static_cast<reflect::it_needs_a_number*>(nullptr);
  } else if constexpr (domain == Domain::string) {
    return static_cast<reflect::it_needs_a_string*>(nullptr);
  } else if constexpr (domain == Domain::array) {
    return static_cast<reflect::it_needs_a_container*>(nullptr);
  } else if constexpr (domain == (Domain::string | Domain::array)) {
    return static_cast<reflect::it_needs_a_string_or_a_container*>(nullptr);
  } else if constexpr (domain == Domain::other) {
    return static_cast<it_needs_a_date*>(nullptr);
  } else if constexpr (domain == Domain::boolean) {
    return static_cast<it_needs_a_boolean*>(nullptr);
  } else if constexpr (domain == Domain::object) {
    return static_cast<it_needs_an_object*>(nullptr);
  } else {
    return static_cast<it_does_not_fit*>(nullptr);
  }
}

}  // namespace detail

/// The Domain of a member's type.
template <class M>
inline constexpr Domain domain_of = detail::domain_of<M>();

/// Whether a rule for `domain` can stand at a member of type M. Classes that the compiler cannot
/// look into (json::Value, variants) take every rule.
template <class M>
constexpr bool rule_applies(Domain domain, bool each) {
  if (!each) return overlap(domain, domain_of<M>) || domain_of<M> == Domain::other;
  using Element = typename detail::ElementOf<M>::type;
  if constexpr (std::is_void_v<Element>) {
    return domain_of<M> == Domain::other;
  } else {
    using Bare = reflect::unwrapped<Element>;
    return overlap(domain, domain_of<Bare>) || domain_of<Bare> == Domain::other;
  }
}

template <Domain domain>
using requirement_of = std::remove_pointer_t<decltype(detail::requirement_tag<domain>())>;

}  // namespace roost::validation
