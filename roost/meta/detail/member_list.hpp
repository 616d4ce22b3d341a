// The members of a described class as constants, for checks between two classes at compile time.
#pragma once

#include <roost/meta/describe.hpp>

#include <array>
#include <cstddef>
#include <string_view>
#include <type_traits>

namespace roost::reflect::detail {

/// Types are compared by name: addresses are no constants in g++ 12 with -fsanitize=undefined.
struct MemberEntry {
  std::string_view name;
  std::string_view type;  // with optional and the like taken off
};

template <class M>
constexpr std::string_view compared_type = qualified_type_name<unwrapped<M>>;

template <class T, class Indices, class... Member>
constexpr auto aggregate_member_list(const PointerPack<Indices, Member...>*) {
  constexpr std::size_t count = sizeof...(Member);
  std::string_view names[count + 1];
  aggregate_names(aggregate_name_text<T>(), std::span{names, count});
  std::array<MemberEntry, count> members{
      MemberEntry{{}, compared_type<std::remove_cv_t<Member>>}...};
  for (std::size_t i = 0; i < count; ++i) members[i].name = without_trailing_underscore(names[i]);
  return members;
}

template <class... Entry>
constexpr auto listed_member_list(const EntryList<Entry...>*) {
  constexpr std::size_t count = sizeof...(Entry);
  std::string_view names[count + 1];
  member_names(print_members<Entry::member...>(), std::span{names, count});
  std::array<MemberEntry, count> members{
      MemberEntry{{}, compared_type<std::remove_cv_t<member_type<Entry::member>>>}...};
  for (std::size_t i = 0; i < count; ++i) members[i].name = without_trailing_underscore(names[i]);
  return members;
}

template <class... Entry>
constexpr auto listed_member_list(const Meta<Entry...>*) {
  return listed_member_list(
      static_cast<const typename MembersOnly<EntryList<>, Entry...>::type*>(nullptr));
}

/// Specialised for the mapped types.
template <class T>
struct MemberListOf {
  static constexpr auto make() {
    if constexpr (PlainAggregate<T>) {
      using Addresses = decltype(member_addresses<T>());
      return aggregate_member_list<T>(static_cast<const Addresses*>(nullptr));
    } else if constexpr (HasMeta<T>) {
      return listed_member_list(&T::meta);
    } else {
      (void)sizeof(the_class_is_no_aggregate_and_lists_no_members<T>);
      return std::array<MemberEntry, 0>{};
    }
  }
};

template <class T>
inline constexpr auto member_list = MemberListOf<T>::make();

/// A name as a template argument, so that the compiler prints it.
template <std::size_t Size>
struct Named {
  char text[Size];
};

template <std::size_t Size>
constexpr Named<Size + 1> named(std::string_view name) {
  Named<Size + 1> made{};
  for (std::size_t i = 0; i < Size; ++i) made.text[i] = name[i];
  return made;
}

}  // namespace roost::reflect::detail
