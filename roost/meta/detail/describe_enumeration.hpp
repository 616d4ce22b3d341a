// Describes enumerations: the compiler prints a range of values, and those that have a name are
// enumerators.
#pragma once

#include <roost/base/type_name.hpp>
#include <roost/meta/detail/describable.hpp>
#include <roost/meta/detail/operations.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <utility>

namespace roost::reflect::detail {

template <class E, E... Values>
consteval const char* print_enumerators() {
  return __PRETTY_FUNCTION__;
}

template <class E, std::int64_t First, std::size_t... Index>
constexpr const char* print_range(std::index_sequence<Index...>) {
  return print_enumerators<E, static_cast<E>(First + static_cast<std::int64_t>(Index))...>();
}

template <class E, std::size_t... Index>
constexpr const char* print_values(std::index_sequence<Index...>) {
  return print_enumerators<E, EnumValues<E>::values[Index]...>();
}

template <class E>
struct ListedValues {
  static constexpr std::size_t count =
      sizeof(EnumValues<E>::values) / sizeof(EnumValues<E>::values[0]);
  struct Integers {
    std::int64_t values[count];
  };
  static constexpr Integers integers = [] {
    Integers all{};
    for (std::size_t i = 0; i < count; ++i) {
      all.values[i] = static_cast<std::int64_t>(EnumValues<E>::values[i]);
    }
    return all;
  }();
};

/// Limits of what can be printed: EnumRange within the underlying type.
template <class E>
struct PrintedRange {
  using Limits = std::numeric_limits<std::underlying_type_t<E>>;
  static constexpr std::int64_t first =
      std::is_unsigned_v<std::underlying_type_t<E>> && EnumRange<E>::first < 0
          ? 0
          : (static_cast<std::int64_t>(Limits::min()) > EnumRange<E>::first
                 ? static_cast<std::int64_t>(Limits::min())
                 : EnumRange<E>::first);
  static constexpr std::int64_t last =
      static_cast<std::uint64_t>(Limits::max()) < static_cast<std::uint64_t>(EnumRange<E>::last)
          ? static_cast<std::int64_t>(Limits::max())
          : EnumRange<E>::last;
  static_assert(first <= last && last - first < 4096,
                "roost: roost::reflect::EnumRange: first to last may span up to 4096 values");
};

/// Only then may any integer be cast to E.
template <class E>
inline constexpr bool has_fixed_underlying_type = requires {
  E{0};
};

template <class E>
constexpr EnumerationPlan enumeration_plan() {
  using Underlying = std::underlying_type_t<E>;
  EnumerationPlan plan;
  TypeDescriptor& type = plan.prototype;
  type = basic_descriptor<E>(TypeKind::enumeration, type_name<E>, qualified_type_name<E>);
  type.construct = &construct<Underlying>;
  type.copy_assign = &copy_assign<E>;
  type.equal = &equal<E>;
  type.integer = {sizeof(E), std::is_signed_v<Underlying>};
  if constexpr (requires { EnumValues<E>::values[0]; }) {
    plan.name_text = print_values<E>(std::make_index_sequence<ListedValues<E>::count>{});
    plan.values = ListedValues<E>::integers.values;
  } else if constexpr (has_fixed_underlying_type<E>) {
    using Range = PrintedRange<E>;
    plan.name_text = print_range<E, Range::first>(
        std::make_index_sequence<static_cast<std::size_t>(Range::last - Range::first + 1)>{});
    plan.first = Range::first;
  } else {
    (void)sizeof(the_enumeration_has_no_underlying_type<E>);
  }
  return plan;
}

template <class E>
inline constexpr EnumerationPlan enumeration_plan_of = enumeration_plan<E>();

}  // namespace roost::reflect::detail

namespace roost::reflect {

template <class E>
requires std::is_enum_v<E>
struct TypeInfo<E> {
  static constexpr bool describable = true;

  static const TypeDescriptor& descriptor() {
    return detail::enumeration_descriptor(detail::descriptor_slot<E>,
                                          detail::enumeration_plan_of<E>);
  }
};

}  // namespace roost::reflect
