// What can be said about a field or a class in its `meta`: how annotation types are made, found
// again, and refused where they make no sense; and the annotations that every room understands.
#pragma once

#include <roost/base/type_name.hpp>
#include <roost/meta/type_descriptor.hpp>

#include <cstddef>
#include <span>
#include <string_view>
#include <type_traits>

namespace roost::reflect {

/// An annotation is an object of a literal class type that stands in a class's `meta`. A room that
/// wants to act on a group of annotation types (validation on its rules, the ORM on columns)
/// specialises this for them, usually with one constrained partial specialisation:
///
///     template <class R>
///       requires std::is_base_of_v<validation::RuleBase, R>
///     struct roost::reflect::AnnotationTraits<R> {
///       static constexpr const void* family = &validation::rule_family;         // any unique
///       address static constexpr const void* operations = &validation::operations<R>;   // the
///       room's own table
///     };
///
/// Both end up in AnnotationKind, where the room finds them again beside the annotation's value.
///
/// An annotation type A may also say which members it fits:
///
///     template <class Member>
///     static constexpr bool applies_to = std::is_arithmetic_v<Member>;
///     using requirement = reflect::it_needs_a_number;   // optional; a type whose name is the
///     reason
///
/// `Member` is the declared type with std::optional, Nullable, unique_ptr and shared_ptr taken off.
/// Where it is false the program does not compile: see rule_does_not_fit_the_member.
template <class A>
struct AnnotationTraits {
  static constexpr const void* family = nullptr;
  static constexpr const void* operations = nullptr;
};

/// The one AnnotationKind of A: kinds are compared by address.
template <class A>
inline constexpr AnnotationKind annotation_kind{type_name<A>, AnnotationTraits<A>::family,
                                                AnnotationTraits<A>::operations};

/// The first annotation of type A, or null. It lives as long as the program.
template <class A>
[[nodiscard]] const A* find_annotation(std::span<const Annotation> annotations) {
  for (const Annotation& annotation : annotations) {
    if (annotation.kind == &annotation_kind<A>) return static_cast<const A*>(annotation.value);
  }
  return nullptr;
}

template <class A>
[[nodiscard]] bool has_annotation(std::span<const Annotation> annotations) {
  return find_annotation<A>(annotations) != nullptr;
}

namespace detail {

template <class M>
struct Unwrapped {
  using type = M;
};
template <class M>
requires requires(const M& m) {
  typename M::value_type;
  m.has_value();
  *m;
}
struct Unwrapped<M> : Unwrapped<typename M::value_type> {};
template <class M>
requires requires(const M& m) {
  typename M::element_type;
  m.get();
  m.operator->();
}
struct Unwrapped<M> : Unwrapped<typename M::element_type> {};

template <class A, class M>
constexpr bool fits() {
  if constexpr (requires { A::template applies_to<M>; }) {
    return A::template applies_to<M>;
  } else {
    return true;
  }
}

struct NoRequirement {};

template <class A>
struct RequirementOf {
  using type = NoRequirement;
};
template <class A>
requires requires { typename A::requirement; }
struct RequirementOf<A> {
  using type = typename A::requirement;
};

template <class...>
inline constexpr bool never = false;

}  // namespace detail

/// M with std::optional, Nullable, unique_ptr and shared_ptr taken off.
template <class M>
using unwrapped = typename detail::Unwrapped<std::remove_cv_t<M>>::type;

/// True when annotation type A can stand at a member declared as M.
template <class A, class M>
inline constexpr bool annotation_fits = detail::fits<A, unwrapped<M>>();

/// The compile error for a rule at a member that it cannot check.
template <class Rule, class Member, class Class, class Requirement = detail::NoRequirement>
struct rule_does_not_fit_the_member {
  static_assert(
      detail::never<Rule>,
      "roost: this rule (first argument) does not fit the type of the member (second argument) "
      "of this class (third argument): remove the rule, or change the member's type");
};

// Names to use as `requirement`.
struct it_needs_a_number;
struct it_needs_a_string;
struct it_needs_a_string_or_a_container;
struct it_needs_a_container;
struct it_needs_a_class_written_as_text;

/// `json_name("…")`: the member's name in JSON, queries and forms.
struct JsonName {
  std::string_view name;
};
/// `optional`: the member may be absent although its type is no optional.
struct MayBeAbsent {};
/// `required`: the member must be present although it has an initialiser or an optional type.
struct MustBePresent {};
/// `not_null`: null is refused although the member's type is an optional.
struct NotNull {};
/// A narrower form for members that are written as text, such as `date_time`.
struct TextForm {
  template <class Member>
  static constexpr bool applies_to = requires {
    Member::parse(std::string_view{});
  }
  || requires { Member::value_type::parse(std::string_view{}); };
  using requirement = it_needs_a_class_written_as_text;

  bool (*accepts)(std::string_view text);  // asked before the type reads the text
  std::string_view expected;               // end of a message: "must be a …"
};
/// A date-time with a zone: Timestamp::is_exact.
[[nodiscard]] bool is_date_time(std::string_view text);
/// `write_null`: an empty optional is written as null rather than left out.
struct WriteNull {};
/// `hidden`: never written to JSON, refused when read.
struct Hidden {};
/// `empty_as(text)`: an empty text in a query or form is read as this one.
struct EmptyAs {
  std::string_view text;
};
/// `read_only`: written, never read: the server decides the value.
struct ReadOnly {};
/// `write_only`: read, never written (passwords).
struct WriteOnly {};
/// `partly_listed`, about a class: members that `meta` does not list are left out on purpose.
struct PartlyListed {};

}  // namespace roost::reflect

namespace roost {

/// The member's name in JSON, queries and forms: `field<&Cat::born_at>(json_name("bornAt"))`.
constexpr reflect::JsonName json_name(std::string_view name) { return {name}; }

/// The member may be absent although its type is no optional; it keeps its default value then.
inline constexpr reflect::MayBeAbsent optional{};

/// The member must be present although it has a default initialiser or an optional type.
inline constexpr reflect::MustBePresent required{};

/// In queries and forms, where what was not filled in is sent as an empty text: reads the member
/// from this text instead, as in `empty_as("0")`.
constexpr reflect::EmptyAs empty_as(std::string_view text) { return {text}; }

/// The member may be left out, but null is refused although its type is an optional.
inline constexpr reflect::NotNull not_null{};

/// Of a Timestamp: only a complete date-time with a zone is read, no date and no local time.
inline constexpr reflect::TextForm date_time{&reflect::is_date_time,
                                             "must be an ISO 8601 date-time string"};

/// An empty optional member is written as null rather than left out.
inline constexpr reflect::WriteNull write_null{};

/// The member is no part of the JSON form: never written, and refused when read.
inline constexpr reflect::Hidden hidden{};

/// The member is written but refused when read.
inline constexpr reflect::ReadOnly read_only{};

/// The member is read but never written.
inline constexpr reflect::WriteOnly write_only{};

/// Of a class that lists its members: those that are not listed are left out on purpose.
inline constexpr reflect::PartlyListed partly_listed{};

}  // namespace roost
