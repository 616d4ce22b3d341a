// `meta` and `field`: the words in which a class says what its members' types do not say.
//
//     struct CreateEvent {
//       std::string title;
//       int capacity = 20;
//       static constexpr auto meta = roost::meta(
//           field<&CreateEvent::title>(not_empty, max_length(120)),
//           field<&CreateEvent::capacity>(min(1), max(500)));
//     };
//
// In an aggregate only what needs saying is listed. A class with private members, bases or
// constructors lists every member, in the order of declaration. `meta` is public and stands below
// the members that it names.
#pragma once

#include <roost/meta/annotation.hpp>
#include <roost/meta/detail/names.hpp>

#include <cstddef>
#include <string_view>
#include <type_traits>
#include <utility>

namespace roost::reflect {

template <class T>
struct MemberPointer;
template <class Class, class Member>
struct MemberPointer<Member Class::*> {
  using class_type = Class;
  using member_type = Member;
};

/// The class and the declared type behind `&Class::member`. For an inherited member the class is
/// the base that declares it.
template <auto Member>
using member_class = typename MemberPointer<std::remove_cv_t<decltype(Member)>>::class_type;
template <auto Member>
using member_type = typename MemberPointer<std::remove_cv_t<decltype(Member)>>::member_type;

template <std::size_t Index, class A>
struct AnnotationSlot {
  A value;
};

template <class Indices, class... A>
struct AnnotationPack;
template <std::size_t... Index, class... A>
struct AnnotationPack<std::index_sequence<Index...>, A...> : AnnotationSlot<Index, A>... {};

/// What `meta` says about one member. Rooms make their own words of it:
/// `orm::primary_key<&T::id>()` returns `amend_field<&T::id>(PrimaryKey{})`.
template <auto Member, bool Amends, class... A>
struct FieldEntry {
  static constexpr auto member = Member;
  static constexpr bool amends = Amends;  // may stand beside another entry for the same member
  std::string_view name;                  // empty: the member's own
  AnnotationPack<std::index_sequence_for<A...>, A...> annotations;
};

/// A member that is deliberately left out of the description; see roost::ignored.
template <auto Member>
struct IgnoredEntry {
  static constexpr auto member = Member;
};

/// The value of a class's `meta`.
template <class... Entry>
struct Meta {
  AnnotationPack<std::index_sequence_for<Entry...>, Entry...> entries;
};

template <auto Member>
struct the_argument_of_field_is_not_a_data_member {
  static_assert(detail::never<decltype(Member)>,
                "roost: field<> takes the address of a data member: field<&Class::member>()");
};

template <class Class, auto Member>
struct a_member_is_listed_twice {
  static_assert(detail::never<Class>,
                "roost: this member stands in two field<>() of the class's meta: put all its "
                "annotations into one");
};

template <class A>
struct this_is_no_annotation {
  static_assert(
      detail::never<A>,
      "roost: meta() and field<>() take annotations, which are objects of classes; a value "
      "of this type is none");
};

namespace detail {

template <class A, auto Member>
constexpr bool check_annotation() {
  using Class = member_class<Member>;
  using Declared = member_type<Member>;
  if constexpr (!std::is_class_v<A>) {
    (void)sizeof(this_is_no_annotation<A>);
  } else if constexpr (!annotation_fits<A, Declared>) {
    (void)sizeof(rule_does_not_fit_the_member<A, Declared, Class, typename RequirementOf<A>::type>);
  }
  return true;
}

template <bool Amends, auto Member, class... A>
constexpr auto make_field(std::string_view name, const A&... annotations) {
  if constexpr (!std::is_member_object_pointer_v<decltype(Member)>) {
    (void)sizeof(the_argument_of_field_is_not_a_data_member<Member>);
  } else {
    (void)(check_annotation<A, Member>() && ...);
  }
  return FieldEntry<Member, Amends, A...>{name, {{annotations}...}};
}

/// What an entry is printed as to find duplicates: a member, or nothing.
template <class Entry>
struct EntryMember {
  static constexpr auto value = nullptr;
};
template <auto Member, class... A>
struct EntryMember<FieldEntry<Member, false, A...>> {
  static constexpr auto value = Member;
};
template <auto Member>
struct EntryMember<IgnoredEntry<Member>> {
  static constexpr auto value = Member;
};

/// Members are compared by what the compiler prints for them: one instantiation a class. (Addresses
/// of variables are no constants in g++ 12 with -fsanitize=undefined.)
template <class... Entry>
constexpr std::size_t index_of_duplicate() {
  constexpr std::size_t count = sizeof...(Entry);
  if constexpr (count > 1) {
    std::string_view members[count];
    split_list(print_members<EntryMember<Entry>::value...>(),
               [&](std::size_t index, std::string_view member) { members[index] = member; });
    for (std::size_t i = 0; i < count; ++i) {
      if (members[i].front() != '&') continue;
      for (std::size_t j = 0; j < i; ++j) {
        if (members[i] == members[j]) return i;
      }
    }
  }
  return count;
}

template <std::size_t Index, class Entry, class... Rest>
constexpr bool report_duplicate() {
  if constexpr (Index == 0) {
    (void)sizeof(a_member_is_listed_twice<member_class<Entry::member>, Entry::member>);
    return true;
  } else {
    return report_duplicate<Index - 1, Rest...>();
  }
}

}  // namespace detail

/// For other rooms' words: like roost::field, but may stand beside a `field` of the same member.
template <auto Member, class... A>
constexpr auto amend_field(const A&... annotations) {
  return detail::make_field<true, Member>({}, annotations...);
}

}  // namespace roost::reflect

namespace roost {

/// Says something about a member: `field<&CreateEvent::title>(not_empty, max_length(120))`.
template <auto Member, class... A>
constexpr auto field(const A&... annotations) {
  return reflect::detail::make_field<false, Member>({}, annotations...);
}

/// The same, and gives the member another name for the outside: `field<&Point::x_>("x")`. (The
/// underscore at the end of a private member is dropped without being told.)
template <auto Member, std::size_t N, class... A>
constexpr auto field(const char (&name)[N], const A&... annotations) {
  return reflect::detail::make_field<false, Member>(std::string_view{name, N - 1}, annotations...);
}

/// In a class that lists its members: this one is left out on purpose.
template <auto Member>
constexpr auto ignored() {
  return reflect::IgnoredEntry<Member>{};
}

/// Collects what is said about a class: `static constexpr auto meta = roost::meta(field<…>(…), …)`.
/// Anything that is no `field` is said about the class as a whole.
template <class... Entry>
constexpr auto meta(const Entry&... entries) {
  constexpr std::size_t duplicate = reflect::detail::index_of_duplicate<Entry...>();
  if constexpr (duplicate < sizeof...(Entry)) {
    (void)reflect::detail::report_duplicate<duplicate, Entry...>();
  }
  return reflect::Meta<Entry...>{{{entries}...}};
}

}  // namespace roost
