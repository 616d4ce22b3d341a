// Flattens the `meta` of a class into a constant table.
#pragma once

#include <roost/meta/detail/object_plan.hpp>
#include <roost/meta/meta.hpp>

#include <cstddef>
#include <type_traits>
#include <utility>

namespace roost::reflect {

template <class Listing, class Class, auto Member>
struct a_member_of_another_class_is_listed {
  static_assert(
      detail::never<Listing>,
      "roost: the meta of a class (first argument) lists a member of another class (second "
      "argument): it may only list its own members and those of its bases");
};

namespace detail {

template <class T>
struct IsMeta : std::false_type {};
template <class... Entry>
struct IsMeta<const Meta<Entry...>> : std::true_type {};

/// A class with `static constexpr auto meta = roost::meta(…)`. (A data member of that name is
/// none.)
template <class T>
concept HasMeta = IsMeta<decltype(T::meta)>::value;

/// A constant of which object_plan.cpp reads the offset of a member. Its type has the described
/// class, so that members of bases are at their place in it.
template <class T, auto Member>
inline constexpr member_type<Member> T::*member_in = Member;

template <class Entry>
struct EntryTraits {
  static constexpr bool lists_member = false;
  static constexpr std::size_t annotations = 0;
};
template <auto Member, bool Amends, class... A>
struct EntryTraits<FieldEntry<Member, Amends, A...>> {
  static constexpr bool lists_member = true;
  static constexpr std::size_t annotations = sizeof...(A);
};
template <auto Member>
struct EntryTraits<IgnoredEntry<Member>> {
  static constexpr bool lists_member = true;
  static constexpr std::size_t annotations = 0;
};

template <std::size_t Members, std::size_t MemberAnnotations, std::size_t ClassAnnotations>
struct MetaArrays {
  ListedMember members[Members + 1];
  Annotation member_annotations[MemberAnnotations + 1];
  Annotation class_annotations[ClassAnnotations + 1];
};

struct MetaCursor {
  ListedMember* member;
  Annotation* member_annotation;
  Annotation* class_annotation;
  std::uint16_t annotations_so_far = 0;
};

template <class T, auto Member>
constexpr const void* pointer_constant() {
  if constexpr (std::is_base_of_v<member_class<Member>, T>) {
    return &member_in<T, Member>;
  } else {
    (void)sizeof(a_member_of_another_class_is_listed<T, member_class<Member>, Member>);
    return nullptr;
  }
}

template <std::size_t... Index, class... A>
constexpr void put_annotations(Annotation* out,
                               const AnnotationPack<std::index_sequence<Index...>, A...>& pack) {
  (static_cast<void>(out[Index] = {&annotation_kind<A>,
                                   &static_cast<const AnnotationSlot<Index, A>&>(pack).value}),
   ...);
}

template <class T, auto Member, bool Amends, class... A>
constexpr void put_entry(MetaCursor& cursor, const FieldEntry<Member, Amends, A...>& entry) {
  constexpr auto count = static_cast<std::uint16_t>(sizeof...(A));
  *cursor.member++ = {pointer_constant<T, Member>(), entry.name, cursor.annotations_so_far, count,
                      false};
  put_annotations(cursor.member_annotation, entry.annotations);
  cursor.member_annotation += count;
  cursor.annotations_so_far = static_cast<std::uint16_t>(cursor.annotations_so_far + count);
}

template <class T, auto Member>
constexpr void put_entry(MetaCursor& cursor, const IgnoredEntry<Member>&) {
  *cursor.member++ = {pointer_constant<T, Member>(), {}, 0, 0, true};
}

template <class T, class A>
constexpr void put_entry(MetaCursor& cursor, const A& annotation) {
  *cursor.class_annotation++ = {&annotation_kind<A>, &annotation};
}

template <class T, std::size_t... Index, class... Entry>
constexpr auto make_meta_arrays(
    const AnnotationPack<std::index_sequence<Index...>, Entry...>& entries) {
  constexpr std::size_t members = (std::size_t{EntryTraits<Entry>::lists_member} + ... + 0);
  constexpr std::size_t annotations = (EntryTraits<Entry>::annotations + ... + 0);
  MetaArrays<members, annotations, sizeof...(Entry) - members> arrays{};
  MetaCursor cursor{arrays.members, arrays.member_annotations, arrays.class_annotations};
  (put_entry<T>(cursor, static_cast<const AnnotationSlot<Index, Entry>&>(entries).value), ...);
  return arrays;
}

template <class T>
struct MetaOf {
  static constexpr auto arrays = make_meta_arrays<T>(T::meta.entries);
  static constexpr MetaTable table{
      {arrays.members, sizeof(arrays.members) / sizeof(ListedMember) - 1},
      {arrays.member_annotations, sizeof(arrays.member_annotations) / sizeof(Annotation) - 1},
      {arrays.class_annotations, sizeof(arrays.class_annotations) / sizeof(Annotation) - 1}};
};

}  // namespace detail
}  // namespace roost::reflect
