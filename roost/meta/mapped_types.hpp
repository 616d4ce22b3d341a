// Types made from other types, for DTOs: Partial, Pick, Omit, Intersection. They derive from what
// they are made of, so that members are reached as usual, and keep annotations and what is
// required.
#pragma once

#include <roost/meta/assign.hpp>
#include <roost/meta/detail/mapped_plan.hpp>
#include <roost/meta/member.hpp>

#include <type_traits>
#include <utility>

namespace roost {

namespace reflect {

template <class T>
struct the_type_cannot_be_mapped {
  static_assert(
      detail::never<T>,
      "roost: Partial, Pick, Omit and Intersection derive from their types: these must be "
      "classes that Roost can describe, not final, with a default constructor");
};

template <detail::Named Member, class Intersected, class Other>
struct intersected_types_have_members_of_the_same_name {
  static_assert(
      detail::never<Intersected>,
      "roost: two of the intersected types (second and third argument) have a member of this "
      "name (first argument): leave it out of one of them with Omit");
};

namespace detail {

template <class T>
constexpr bool check_mappable() {
  if constexpr (!std::is_class_v<T> || std::is_final_v<T> || !is_describable<T> ||
                !std::is_default_constructible_v<T>) {
    return sizeof(the_type_cannot_be_mapped<T>) > 0;
  }
  return true;
}

struct PartialAccess;

}  // namespace detail
}  // namespace reflect

/// A T of which each member may be absent; the body of a PATCH. Members that were not given have
/// the value of a new T, so ask `has` before reading one, or use `assign_to`. In input a null for a
/// member that cannot be null counts as not given.
template <class T>
class Partial : public T {
  static_assert(reflect::detail::check_mappable<T>());

 public:
  Partial() : T() {}

  /// Whether the member was given: `patch.has<&CreateEvent::title>()`.
  template <auto Member>
  [[nodiscard]] bool has() const {
    return present_.contains(reflect::field_index<Member, Partial>());
  }

  /// Gives a member, as input does.
  template <auto Member, class Value>
  void set(Value&& value) {
    this->*Member = std::forward<Value>(value);
    present_.insert(reflect::field_index<Member, Partial>());
  }

  /// No member was given.
  [[nodiscard]] bool empty() const { return present_.empty(); }

  /// One bit for each member that was given, by FieldDescriptor::index.
  [[nodiscard]] const reflect::FieldSet& present() const { return present_; }

  /// Copies the given members to those of the same name in `target`, which may be of type T or any
  /// other; see roost::assign.
  template <class Target>
  void assign_to(Target& target) const {
    assign(target, *this);
  }
  template <class Target>
  void assign_to(Target& target, IgnoreMissing) const {
    assign(target, *this, ignore_missing);
  }

 private:
  friend struct reflect::detail::PartialAccess;

  reflect::FieldSet present_;
};

/// T with only the members named: `Pick<Cat, &Cat::name, &Cat::age>`. The others are there in
/// memory, with the values of a new T, but neither read nor written.
template <class T, auto... Members>
struct Pick : T {
  static_assert(reflect::detail::check_mappable<T>());
};

/// T without the members named: `Omit<Cat, &Cat::id>`.
template <class T, auto... Members>
struct Omit : T {
  static_assert(reflect::detail::check_mappable<T>());
};

/// The members of all the types, in their order. What is said about a class as a whole in `meta` is
/// kept of the first type only.
template <class... T>
struct Intersection : T... {
  static_assert((reflect::detail::check_mappable<T>() && ...));
};

namespace reflect {
namespace detail {

struct PartialAccess {
  template <class T>
  static constexpr FieldSet Partial<T>::*presence = &Partial<T>::present_;
};

template <class Mapped>
struct PlanOfMapped;

template <class T>
struct PlanOfMapped<Partial<T>> {
  static constexpr MappedPlan make() {
    MappedPlan plan = mapped_plan<Partial<T>, T>();
    plan.presence = &PartialAccess::presence<T>;
    return plan;
  }
};

template <class T, auto... Members>
struct PlanOfMapped<Pick<T, Members...>> {
  static constexpr MappedPlan make() {
    MappedPlan plan = mapped_plan<Pick<T, Members...>, T>();
    plan.selection = Selection::only_these;
    plan.members = {PointerTable<T, Members...>::pointers, sizeof...(Members)};
    return plan;
  }
};

template <class T, auto... Members>
struct PlanOfMapped<Omit<T, Members...>> {
  static constexpr MappedPlan make() {
    MappedPlan plan = mapped_plan<Omit<T, Members...>, T>();
    plan.selection = Selection::without_these;
    plan.members = {PointerTable<T, Members...>::pointers, sizeof...(Members)};
    return plan;
  }
};

template <class A, class B>
constexpr bool check_names_of_two() {
  constexpr std::size_t common = [] {
    for (std::size_t i = 0; i < member_list<A>.size(); ++i) {
      for (const MemberEntry& entry : member_list<B>) {
        if (entry.name == member_list<A>[i].name) return i;
      }
    }
    return all_match;
  }();
  if constexpr (common != all_match) {
    constexpr auto name = member_list<A>[common].name;
    return sizeof(intersected_types_have_members_of_the_same_name<named<name.size()>(name), A, B>) >
           0;
  }
  return true;
}

template <class First, class... Rest>
constexpr bool check_names_of() {
  (void)(check_names_of_two<First, Rest>() && ...);
  if constexpr (sizeof...(Rest) > 1) return check_names_of<Rest...>();
  return true;
}

template <class... T>
struct PlanOfMapped<Intersection<T...>> {
  static constexpr MappedPlan make() {
    (void)check_names_of<T...>();
    return mapped_plan<Intersection<T...>, T...>();
  }
};

template <class Mapped>
inline constexpr MappedPlan mapped_plan_of = PlanOfMapped<Mapped>::make();

template <class Mapped>
struct MappedInfo {
  static constexpr bool describable = true;

  static const TypeDescriptor& descriptor() {
    return mapped_descriptor(descriptor_slot<Mapped>, mapped_plan_of<Mapped>);
  }
};

template <class T>
struct MemberListOf<Partial<T>> : MemberListOf<T> {};

template <auto... Members>
constexpr bool is_among(std::string_view name) {
  return ((member_name<Members>() == name) || ...);
}

/// The members of T that are (or are not) among the names of Members.
template <class T, bool Among, auto... Members>
constexpr auto filtered_list() {
  constexpr std::size_t count = [] {
    std::size_t kept = 0;
    for (const MemberEntry& entry : member_list<T>) {
      if (is_among<Members...>(entry.name) == Among) ++kept;
    }
    return kept;
  }();
  std::array<MemberEntry, count> list{};
  std::size_t next = 0;
  for (const MemberEntry& entry : member_list<T>) {
    if (is_among<Members...>(entry.name) == Among) list[next++] = entry;
  }
  return list;
}

template <class T, auto... Members>
struct MemberListOf<Pick<T, Members...>> {
  static constexpr auto make() { return filtered_list<T, true, Members...>(); }
};
template <class T, auto... Members>
struct MemberListOf<Omit<T, Members...>> {
  static constexpr auto make() { return filtered_list<T, false, Members...>(); }
};
template <class... T>
struct MemberListOf<Intersection<T...>> {
  static constexpr auto make() {
    std::array<MemberEntry, (member_list<T>.size() + ... + 0)> list{};
    std::size_t next = 0;
    const auto add = [&](const auto& members) {
      for (const MemberEntry& entry : members) list[next++] = entry;
    };
    (add(member_list<T>), ...);
    return list;
  }
};

}  // namespace detail

template <class T>
struct TypeInfo<Partial<T>> : detail::MappedInfo<Partial<T>> {};
template <class T, auto... Members>
struct TypeInfo<Pick<T, Members...>> : detail::MappedInfo<Pick<T, Members...>> {};
template <class T, auto... Members>
struct TypeInfo<Omit<T, Members...>> : detail::MappedInfo<Omit<T, Members...>> {};
template <class... T>
struct TypeInfo<Intersection<T...>> : detail::MappedInfo<Intersection<T...>> {};

}  // namespace reflect
}  // namespace roost
