// Describes classes: aggregates by their members, other classes by the list in their `meta`.
#pragma once

#include <roost/base/type_name.hpp>
#include <roost/meta/detail/describable.hpp>
#include <roost/meta/detail/names.hpp>
#include <roost/meta/detail/operations.hpp>

#include <cstddef>
#include <span>
#include <string_view>
#include <type_traits>

namespace roost::reflect::detail {

template <class Class, class Member>
constexpr bool check_member() {
  if constexpr (is_describable<Member>) {
    return true;
  } else if constexpr (is_character<Member>) {
    return sizeof(a_member_is_a_character<Class, Member>) > 0;
  } else if constexpr (std::is_same_v<Member, std::string_view> ||
                       std::is_same_v<Member, const char*> || std::is_same_v<Member, char*>) {
    return sizeof(a_member_points_to_text_that_nobody_owns<Class, Member>) > 0;
  } else {
    return sizeof(a_member_has_a_type_that_cannot_be_described<Class, Member>) > 0;
  }
}

template <class... Member>
struct TypeTable {
  static constexpr TypeRef types[sizeof...(Member) + 1] = {&type_of<Member>..., nullptr};
};

/// Types of the members of a class; after an error none, so that no second error follows.
template <class Class, class... Member>
constexpr std::span<const TypeRef> member_types() {
  if constexpr ((is_describable<Member> && ...)) {
    return {TypeTable<Member...>::types, sizeof...(Member)};
  } else {
    (void)(check_member<Class, Member>() && ...);
    return {};
  }
}

template <class T>
void copy_described(void* to, const void* from) {
  copy_object(type_of<T>(), to, from);
}

template <class T>
constexpr TypeDescriptor class_prototype(TypeKind kind) {
  TypeDescriptor type = basic_descriptor<T>(kind, type_name<T>, qualified_type_name<T>);
  if constexpr (__is_assignable(T&, const T&)) {
    if constexpr (PlainAggregate<T> && !TextClass<T>) {
      type.copy_assign = &copy_described<T>;
    } else {
      type.copy_assign = &copy_assign<T>;
    }
  }
  if constexpr (comparable<T>()) type.equal = &equal<T>;
  return type;
}

template <class T>
constexpr ObjectPlan class_plan() {
  ObjectPlan plan;
  plan.prototype = class_prototype<T>(TypeKind::object);
  if constexpr (__is_constructible(T)) plan.default_construct = &default_construct<T>;
  if constexpr (HasMeta<T>) plan.meta = &MetaOf<T>::table;
  return plan;
}

template <class T, class Indices, class... Member>
constexpr std::span<const TypeRef> aggregate_types(const PointerPack<Indices, Member...>*) {
  return member_types<T, std::remove_cv_t<Member>...>();
}

template <class T>
constexpr ObjectPlan aggregate_plan() {
  ObjectPlan plan = class_plan<T>();
  if constexpr (field_count < T >> most_fields) {
    (void)sizeof(the_aggregate_has_too_many_members<T>);
  } else if constexpr (field_count<T> == 0 && !std::is_empty_v<T>) {
    (void)sizeof(the_aggregate_has_a_reference_or_an_immovable_member<T>);
  } else {
    using Addresses = decltype(member_addresses<T>());
    plan.types = aggregate_types<T>(static_cast<const Addresses*>(nullptr));
    plan.name_text = aggregate_name_text<T>();
    plan.locate = &locate_fields<T>;
  }
  return plan;
}

/// An entry of `meta` that is about a member.
template <class Entry>
struct Listed : std::false_type {};
template <auto Member, bool Amends, class... A>
struct Listed<FieldEntry<Member, Amends, A...>> : std::true_type {
  using type = std::remove_cv_t<member_type<Member>>;
};
template <auto Member>
struct Listed<IgnoredEntry<Member>> : std::true_type {
  using type = bool;  // stands for a type that is not looked at
};

template <class... Entry>
struct EntryList;

template <class List, class... Entry>
struct MembersOnly;
template <class... Member>
struct MembersOnly<EntryList<Member...>> {
  using type = EntryList<Member...>;
};
template <class... Member, class First, class... Rest>
struct MembersOnly<EntryList<Member...>, First, Rest...>
    : std::conditional_t<Listed<First>::value, MembersOnly<EntryList<Member..., First>, Rest...>,
                         MembersOnly<EntryList<Member...>, Rest...>> {};

struct MemberLayout {
  std::size_t size;
  std::size_t alignment;
  bool own;  // of the class itself, not of a base
};

/// Whether members laid out one after another, in the order of the list, make up a class of that
/// size. `start`: where the class's own members begin.
template <std::size_t Count>
constexpr bool members_fill(const MemberLayout (&members)[Count],
                            const std::string_view (&names)[Count], std::size_t start,
                            std::size_t size, std::size_t alignment) {
  std::size_t end = start;
  for (std::size_t i = 0; i < Count; ++i) {
    bool counts = members[i].own;
    for (std::size_t j = 0; j < i; ++j) counts = counts && names[j] != names[i];
    if (!counts) continue;
    const std::size_t unit = members[i].alignment;
    end = (end + unit - 1) / unit * unit + members[i].size;
  }
  return (end + alignment - 1) / alignment * alignment == size;
}

/// A member that is missing in the list of a class leaves a hole, unless it hides in padding. Where
/// the layout cannot be known (virtual or several bases) nothing is checked.
template <class T, class... Entry>
constexpr bool list_is_complete(const EntryList<Entry...>*) {
  if constexpr (sizeof...(Entry) == 0) {
    return std::is_empty_v<T>;
  } else {
    constexpr MemberLayout members[] = {{sizeof(member_type<Entry::member>),
                                         alignof(member_type<Entry::member>),
                                         std::is_same_v<member_class<Entry::member>, T>}...};
    std::string_view names[sizeof...(Entry)];
    split_list(print_members<Entry::member...>(),
               [&](std::size_t index, std::string_view member) { names[index] = member; });
    constexpr std::size_t own_start = std::is_polymorphic_v<T> ? sizeof(void*) : 0;
    constexpr bool has_own = (std::is_same_v<member_class<Entry::member>, T> || ...);
    std::size_t base_size = 0;
    ((base_size = !std::is_same_v<member_class<Entry::member>, T> &&
                          sizeof(member_class<Entry::member>) > base_size
                      ? sizeof(member_class<Entry::member>)
                      : base_size),
     ...);
    if (base_size > 0) {
      // Members may begin in the tail padding of the base, which is up to one unit of alignment.
      for (std::size_t start = base_size - alignof(T); start < base_size; ++start) {
        if (has_own && members_fill(members, names, start + 1, sizeof(T), alignof(T))) return true;
      }
      return has_own ? false : sizeof(T) == base_size;
    }
    return members_fill(members, names, own_start, sizeof(T), alignof(T));
  }
}

template <class T, class... Entry>
constexpr ObjectPlan listed_plan(const EntryList<Entry...>*) {
  ObjectPlan plan = class_plan<T>();
  plan.types = member_types<T, typename Listed<Entry>::type...>();
  plan.name_text = print_members<Entry::member...>();
  return plan;
}

template <class T, class... Entry>
constexpr ObjectPlan listed_plan(const Meta<Entry...>*) {
  using Members = typename MembersOnly<EntryList<>, Entry...>::type;
  constexpr bool partly = (std::is_same_v<Entry, PartlyListed> || ...);
  if constexpr (!partly && !list_is_complete<T>(static_cast<const Members*>(nullptr))) {
    (void)sizeof(a_member_of_the_class_is_not_listed<T>);
  }
  return listed_plan<T>(static_cast<const Members*>(nullptr));
}

template <class T>
constexpr ObjectPlan object_plan() {
  if constexpr (PlainAggregate<T>) {
    return aggregate_plan<T>();
  } else {
    return listed_plan<T>(&T::meta);
  }
}

template <class T>
inline constexpr ObjectPlan plan_of = object_plan<T>();

}  // namespace roost::reflect::detail
