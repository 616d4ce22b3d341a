// Copies the members of one object to those of the same name in another: a DTO into an entity, the
// given members of a patch into what they change.
#pragma once

#include <roost/meta/detail/member_list.hpp>

#include <cstddef>

namespace roost {

/// `assign(target, source, ignore_missing)`: members of the source that the target does not have
/// are passed over.
struct IgnoreMissing {};
inline constexpr IgnoreMissing ignore_missing{};

namespace reflect {

template <detail::Named Member, class Target, class Source>
struct no_member_of_this_name_to_assign_to {
  static_assert(
      detail::never<Target>,
      "roost: the target (second argument) has no member of this name (first argument), which "
      "the source (third argument) has: add it, or say assign(..., ignore_missing)");
};

template <detail::Named Member, class Target, class Source>
struct members_of_this_name_have_different_types {
  static_assert(
      detail::never<Target>,
      "roost: the members of this name (first argument) of the target (second argument) and the "
      "source (third argument) have different types: convert it by hand");
};

namespace detail {

/// See roost::assign.
void assign_fields(const TypeDescriptor& target_type, void* target,
                   const TypeDescriptor& source_type, const void* source);

inline constexpr std::size_t all_match = static_cast<std::size_t>(-1);

template <class Target, class Source>
constexpr std::size_t first_missing() {
  for (std::size_t i = 0; i < member_list<Source>.size(); ++i) {
    bool found = false;
    for (const MemberEntry& entry : member_list<Target>) {
      found = found || entry.name == member_list<Source>[i].name;
    }
    if (!found) return i;
  }
  return all_match;
}

template <class Target, class Source>
constexpr std::size_t first_mismatch() {
  for (std::size_t i = 0; i < member_list<Source>.size(); ++i) {
    for (const MemberEntry& entry : member_list<Target>) {
      if (entry.name == member_list<Source>[i].name && entry.type != member_list<Source>[i].type) {
        return i;
      }
    }
  }
  return all_match;
}

template <class Target, class Source, bool MayMiss>
constexpr bool check_assignment() {
  constexpr std::size_t missing = MayMiss ? all_match : first_missing<Target, Source>();
  constexpr std::size_t mismatch = first_mismatch<Target, Source>();
  if constexpr (missing != all_match) {
    constexpr auto name = member_list<Source>[missing].name;
    return sizeof(no_member_of_this_name_to_assign_to<named<name.size()>(name), Target, Source>) >
           0;
  } else if constexpr (mismatch != all_match) {
    constexpr auto name = member_list<Source>[mismatch].name;
    return sizeof(members_of_this_name_have_different_types<named<name.size()>(name), Target,
                                                            Source>) > 0;
  }
  return true;
}

}  // namespace detail
}  // namespace reflect

/// Copies every member of `source` to the member of `target` with the same name and type (optional,
/// Nullable and pointers do not count as part of the type). What `source` does not have is left
/// alone: empty optional members, absent Nullable ones, members of a Partial that were not given. A
/// Nullable that is null, and an empty optional that a Partial was given, empty the target's member
/// where that can be empty. A member that `target` lacks, or has with another type, is a compile
/// error. Throws what copying throws, and roost::Error for members that cannot be copied.
template <class Target, class Source>
void assign(Target& target, const Source& source) {
  if constexpr (reflect::detail::check_assignment<Target, Source, false>()) {
    reflect::detail::assign_fields(reflect::type_of<Target>(), &target, reflect::type_of<Source>(),
                                   &source);
  }
}

/// The same, but members that `target` lacks are passed over.
template <class Target, class Source>
void assign(Target& target, const Source& source, IgnoreMissing) {
  if constexpr (reflect::detail::check_assignment<Target, Source, true>()) {
    reflect::detail::assign_fields(reflect::type_of<Target>(), &target, reflect::type_of<Source>(),
                                   &source);
  }
}

}  // namespace roost
