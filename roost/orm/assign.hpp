// em.assign(entity, dto): what can be assigned is known when the program is compiled, from the
// members of the DTO, those of what it nests, and their types.
#pragma once

#include <roost/meta/mapped_types.hpp>
#include <roost/orm/detail/relation_base.hpp>
#include <roost/orm/entity_manager.hpp>

#include <cstddef>
#include <string_view>
#include <type_traits>

namespace roost::orm {

template <reflect::detail::Named Member, class Entity, class Source>
struct the_relation_is_not_assigned_from_this_type {
  static_assert(
      reflect::detail::never<Entity>,
      "roost: em.assign: the member of this name (first argument) of the entity (second "
      "argument) is a relation: the source (third argument) says a Collection by a list "
      "of objects or keys, a Ref by an object or a key, of the type of the entity's `id`");
};

template <class Entity>
struct an_entity_that_was_found_as_const_is_not_changed {
  static_assert(reflect::detail::never<Entity>,
                "roost: em.assign: this entity is const, as a read-only find gives it: find it "
                "without const to change it");
};

namespace detail {

template <class... M>
struct TypeList {};

template <std::size_t Index, class List>
struct TypeAt;
template <std::size_t Index, class First, class... Rest>
struct TypeAt<Index, TypeList<First, Rest...>> : TypeAt<Index - 1, TypeList<Rest...>> {};
template <class First, class... Rest>
struct TypeAt<0, TypeList<First, Rest...>> {
  using type = First;
};

template <class Indices, class... M>
TypeList<std::remove_cv_t<M>...> types_in(const reflect::detail::PointerPack<Indices, M...>*);
template <class... Entry>
TypeList<std::remove_cv_t<reflect::member_type<Entry::member>>...> types_in(
    const reflect::detail::EntryList<Entry...>*);
template <class... Entry>
auto types_in(const reflect::Meta<Entry...>*)
    -> decltype(types_in(static_cast<const typename reflect::detail::MembersOnly<
                             reflect::detail::EntryList<>, Entry...>::type*>(nullptr)));

/// The declared types of the members of T, in the order of reflect::detail::member_list<T>.
template <class T>
struct MemberTypesOf {
  static auto list() {
    if constexpr (reflect::detail::PlainAggregate<T>) {
      using Addresses = decltype(reflect::detail::member_addresses<T>());
      return decltype(types_in(static_cast<const Addresses*>(nullptr))){};
    } else {
      return decltype(types_in(&T::meta)){};
    }
  }
  using type = decltype(list());
};

template <class T>
constexpr std::size_t index_of_member(std::string_view name) {
  const auto& members = reflect::detail::member_list<T>;
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (members[i].name == name) return i;
  }
  return reflect::detail::all_match;
}

template <class T, std::size_t Index>
struct MemberTypeAt : TypeAt<Index, typename MemberTypesOf<T>::type> {};
template <class T, std::size_t Index>
struct MemberTypeAt<Partial<T>, Index> : MemberTypeAt<T, Index> {};
template <class T, auto... Members, std::size_t Index>
struct MemberTypeAt<Pick<T, Members...>, Index>
    : MemberTypeAt<T, index_of_member<T>(
                          reflect::detail::member_list<Pick<T, Members...>>[Index].name)> {};
template <class T, auto... Members, std::size_t Index>
struct MemberTypeAt<Omit<T, Members...>, Index>
    : MemberTypeAt<T, index_of_member<T>(
                          reflect::detail::member_list<Omit<T, Members...>>[Index].name)> {};
template <class First, class... Rest, std::size_t Index>
struct MemberTypeAt<Intersection<First, Rest...>, Index> {
  static auto pick() {
    constexpr std::size_t own = reflect::detail::member_list<First>.size();
    if constexpr (Index < own) {
      return static_cast<typename MemberTypeAt<First, Index>::type*>(nullptr);
    } else {
      return static_cast<typename MemberTypeAt<Intersection<Rest...>, Index - own>::type*>(nullptr);
    }
  }
  using type = std::remove_pointer_t<decltype(pick())>;
};

template <class T>
inline constexpr bool is_mapped = false;
template <class T>
inline constexpr bool is_mapped<Partial<T>> = true;
template <class T, auto... Members>
inline constexpr bool is_mapped<Pick<T, Members...>> = true;
template <class T, auto... Members>
inline constexpr bool is_mapped<Omit<T, Members...>> = true;
template <class... T>
inline constexpr bool is_mapped<Intersection<T...>> = true;

/// A class with described members, as opposed to a value such as a Uuid.
template <class T>
constexpr bool is_object() {
  if constexpr (!std::is_class_v<T>) {
    return false;
  } else if constexpr (is_mapped<T> || reflect::detail::HasMeta<T>) {
    return true;
  } else {
    return reflect::detail::PlainAggregate<T> && !reflect::detail::TextClass<T>;
  }
}

template <class From>
struct ItemOf {
  using type = void;
};
template <class From>
requires requires(const From& items) {
  items.begin();
  typename From::value_type;
}
struct ItemOf<From> {
  using type = reflect::unwrapped<typename From::value_type>;
};

template <class E, class Key>
constexpr bool key_fits() {
  using Wanted = typename KeyType<E>::type;
  if constexpr (!requires { &E::id; }) return !is_object<Key>();
  return std::is_same_v<Wanted, Key> ||
         (std::is_integral_v<Wanted> && std::is_integral_v<Key> && !std::is_same_v<Key, bool>);
}

template <class Target, class Source>
struct AssignedPair;

template <class Target, class Source, bool MayMiss, class... Seen>
constexpr bool check_graph();

/// What one object or key of the source says about one entity.
template <class E, class From, bool MayMiss, class... Seen>
constexpr bool fits_entity() {
  if constexpr (is_object<From>()) {
    return check_graph<E, From, MayMiss, Seen...>();
  } else {
    return key_fits<E, From>();
  }
}

template <class To, class From, bool MayMiss, class... Seen>
constexpr bool member_fits() {
  if constexpr (std::is_base_of_v<CollectionBase, To>) {
    using Item = typename ItemOf<From>::type;
    if constexpr (std::is_void_v<Item>) {
      return false;
    } else {
      return fits_entity<typename To::entity_type, Item, MayMiss, Seen...>();
    }
  } else if constexpr (std::is_base_of_v<RefBase, To>) {
    if constexpr (requires { typename To::entity_type; }) {
      return fits_entity<typename To::entity_type, From, MayMiss, Seen...>();
    } else {
      return false;  // a key does not say of which class it is
    }
  } else if constexpr (std::is_same_v<To, From>) {
    return true;
  } else if constexpr (is_object<To>() && is_object<From>()) {
    return check_graph<To, From, MayMiss, Seen...>();  // merged
  } else {
    return false;
  }
}

template <class Target, class Source, bool MayMiss, std::size_t Index, class... Seen>
constexpr bool check_member() {
  constexpr std::string_view name = reflect::detail::member_list<Source>[Index].name;
  constexpr std::size_t place = index_of_member<Target>(name);
  if constexpr (place == reflect::detail::all_match) {
    if constexpr (!MayMiss) {
      return sizeof(reflect::no_member_of_this_name_to_assign_to<
                    reflect::detail::named<name.size()>(name), Target, Source>) > 0;
    }
    return true;
  } else {
    using To = reflect::unwrapped<typename MemberTypeAt<Target, place>::type>;
    using From = reflect::unwrapped<typename MemberTypeAt<Source, Index>::type>;
    if constexpr (!member_fits<To, From, MayMiss, Seen...>()) {
      constexpr auto printed = reflect::detail::named<name.size()>(name);
      if constexpr (std::is_base_of_v<CollectionBase, To> || std::is_base_of_v<RefBase, To>) {
        return sizeof(the_relation_is_not_assigned_from_this_type<printed, Target, Source>) > 0;
      } else {
        return sizeof(reflect::members_of_this_name_have_different_types<printed, Target, Source>) >
               0;
      }
    }
    return true;
  }
}

template <class Target, class Source, bool MayMiss, class Indices, class... Seen>
struct CheckMembers;
template <class Target, class Source, bool MayMiss, std::size_t... Index, class... Seen>
struct CheckMembers<Target, Source, MayMiss, std::index_sequence<Index...>, Seen...> {
  static constexpr bool value = (check_member<Target, Source, MayMiss, Index, Seen...>() && ...);
};

template <class Target, class Source, bool MayMiss, class... Seen>
constexpr bool check_graph() {
  using Pair = AssignedPair<Target, Source>;
  if constexpr ((std::is_same_v<Pair, Seen> || ...)) {
    return true;  // a source that nests itself
  } else {
    using Indices = std::make_index_sequence<reflect::detail::member_list<Source>.size()>;
    return CheckMembers<Target, Source, MayMiss, Indices, Seen..., Pair>::value;
  }
}

template <class Entity, class Source, bool MayMiss>
struct AssignCheck {
  static constexpr bool fits = check_graph<Entity, Source, MayMiss>();
};
template <class Entity, class Source, bool MayMiss>
struct AssignCheck<const Entity, Source, MayMiss> {
  static constexpr bool fits = sizeof(an_entity_that_was_found_as_const_is_not_changed<Entity>) > 0;
};

}  // namespace detail
}  // namespace roost::orm
