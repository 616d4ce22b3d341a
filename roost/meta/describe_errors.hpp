// What the compiler says about types that cannot be described: one struct and one sentence each.
#pragma once

#include <roost/meta/annotation.hpp>

namespace roost::reflect {

template <class T>
struct this_type_cannot_be_described {
  static_assert(
      detail::never<T>,
      "roost: Roost cannot describe this type: use a type that has a JSON form, an aggregate, or "
      "specialise roost::reflect::TypeInfo for it");
};

template <class Class, class Member>
struct a_member_has_a_type_that_cannot_be_described {
  static_assert(
      detail::never<Member>,
      "roost: a member of this class (first argument) has a type (second argument) without a "
      "JSON form: change it, leave it out of the class, or specialise "
      "roost::reflect::TypeInfo for the type");
};

template <class Class, class Member>
struct a_member_is_a_character {
  static_assert(
      detail::never<Member>,
      "roost: a member of this class (first argument) is of a character type (second argument), "
      "which is neither a number nor a text: use std::string, std::int8_t or "
      "std::uint8_t");
};

template <class Class, class Member>
struct a_member_points_to_text_that_nobody_owns {
  static_assert(
      detail::never<Member>,
      "roost: a member of this class (first argument) is a pointer to, or a view of, text that "
      "somebody else owns (second argument): use std::string");
};

template <class T>
struct the_class_is_no_aggregate_and_lists_no_members {
  static_assert(
      detail::never<T>,
      "roost: this class has a constructor, private members or bases, so its members must be "
      "listed: static constexpr auto meta = roost::meta(roost::field<&T::a>(), "
      "roost::field<&T::b>()); in the order of declaration");
};

template <class T>
struct a_member_of_the_class_is_not_listed {
  static_assert(
      detail::never<T>,
      "roost: the members that the meta of this class lists do not fill it: list every member "
      "in the order of declaration; for one that is left out on purpose say "
      "roost::ignored<&T::member>(), for several roost::partly_listed");
};

template <class T>
struct the_aggregate_has_too_many_members {
  static_assert(detail::never<T>,
                "roost: aggregates of up to 64 members can be described: group some");
};

template <class T>
struct the_aggregate_has_a_reference_or_an_immovable_member {
  static_assert(
      detail::never<T>,
      "roost: the members of this aggregate cannot be counted: it has a reference or another "
      "member that cannot be initialised from a value");
};

template <class T>
struct the_enumeration_has_no_underlying_type {
  static_assert(
      detail::never<T>,
      "roost: the names of this enumeration cannot be found: give it an underlying type (enum E "
      ": int) or make it an enum class, or list its values in roost::reflect::EnumValues");
};

}  // namespace roost::reflect
