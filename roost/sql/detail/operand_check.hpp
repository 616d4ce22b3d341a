// Which C++ values may be compared with which columns, and as what they are bound.
#pragma once

#include <roost/sql/path.hpp>
#include <roost/sql/raw_sql.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <type_traits>

namespace roost {
class Decimal;
template <class T>
class Nullable;
}  // namespace roost

namespace roost::db {

template <auto... Members>
class Field;
namespace operators {
struct OperandBase;
}

/// Customisation point: objects of T stand for a value (a reference for its key). A specialisation
/// has `using compared = …`, as what the value is compared, and `static Value value(const T&)`.
template <class T>
struct OperandTraits {};

template <class Left, class Right>
struct these_types_cannot_be_compared {
  static_assert(reflect::detail::never<Left>,
                "roost: a column or value of the first type cannot be compared with one of the "
                "second: convert one of them to the type of the other");
};

template <class T>
struct an_optional_value_cannot_be_compared {
  static_assert(reflect::detail::never<T>,
                "roost: this value may be missing, and nothing equals NULL in SQL: unwrap it, or "
                "compare with nullptr");
};

template <class Type>
struct this_member_is_never_null {
  static_assert(reflect::detail::never<Type>,
                "roost: a member of this type is never NULL: make it std::optional, or leave out "
                "the comparison with nullptr");
};

template <class T>
struct this_is_no_condition {
  static_assert(reflect::detail::never<T>,
                "roost: && and || join conditions and bool; a value of this type is neither");
};

namespace detail {

/// The type of an operand of which nothing is known when compiling.
struct Anything {};

template <class T>
struct OperandType {
  using type = T;
};
template <class T>
requires(std::is_base_of_v<operators::OperandBase, T> || std::is_same_v<T, RawSql> ||
         std::is_same_v<T, Value> || std::is_same_v<T, ValueView>) struct OperandType<T> {
  using type = Anything;
};
template <class T>
requires requires(const T& query) { query.sub_query(); }
struct OperandType<T> {
  using type = Anything;
};
template <auto... Members>
struct OperandType<Field<Members...>> {
  using type = typename ComparedAs<typename LastMember<Members...>::type>::type;
};
template <class T>
requires requires { typename OperandTraits<T>::compared; }
struct OperandType<T> {
  using type = typename OperandTraits<T>::compared;
};

template <class T>
using operand_type = typename OperandType<std::remove_cvref_t<T>>::type;

template <class T>
inline constexpr bool is_text = std::is_convertible_v<const T&, std::string_view>;
template <class T>
inline constexpr bool is_whole_number =
    std::is_integral_v<T> && !std::is_same_v<T, bool> && !reflect::detail::is_character<T>;
template <class T>
inline constexpr bool is_number =
    is_whole_number<T> || std::is_floating_point_v<T> || std::is_same_v<T, Decimal>;

template <class T>
inline constexpr bool is_optional_value = !std::is_same_v<reflect::unwrapped<T>, T>;

template <class A, class B>
inline constexpr bool comparable_as = std::is_same_v<A, Anything> || std::is_same_v<B, Anything> ||
                                      std::is_same_v<A, B> || (is_number<A> && is_number<B>) ||
                                      (is_text<A> && is_text<B>);

template <class Left, class Right>
constexpr bool check_comparable() {
  using A = operand_type<Left>;
  using B = operand_type<Right>;
  if constexpr (is_optional_value<A>) {
    (void)sizeof(an_optional_value_cannot_be_compared<A>);
    return false;
  } else if constexpr (is_optional_value<B>) {
    (void)sizeof(an_optional_value_cannot_be_compared<B>);
    return false;
  } else if constexpr (!comparable_as<A, B>) {
    (void)sizeof(these_types_cannot_be_compared<A, B>);
    return false;
  } else {
    return true;
  }
}

template <class T>
struct MayBeNull : std::true_type {};
template <auto... Members>
struct MayBeNull<Field<Members...>>
    : std::bool_constant<(is_nullable_member<reflect::member_type<Members>> || ...)> {};

template <class T>
constexpr ValueType integer_type() {
  constexpr std::size_t bytes = sizeof(T) + (std::is_unsigned_v<T> ? 1 : 0);
  return bytes <= 2 ? ValueType::int16 : bytes <= 4 ? ValueType::int32 : ValueType::int64;
}

/// As the type of the column when the number fits that, so that the statement stays the same.
[[nodiscard]] Value integer_value(std::int64_t value, ValueType wanted);
[[nodiscard]] Value unsigned_value(std::uint64_t value, ValueType wanted);
[[nodiscard]] Value decimal_value(std::int64_t value);

template <class Target, class T>
[[nodiscard]] Value make_value(const T& value) {
  if constexpr (requires { typename OperandTraits<T>::compared; }) {
    return OperandTraits<T>::value(value);
  } else if constexpr (is_text<T>) {
    return to_value(std::string_view{value});
  } else if constexpr (is_whole_number<T>) {
    if constexpr (std::is_same_v<Target, Decimal> && std::is_signed_v<T>) {
      return decimal_value(value);
    } else {
      using Wanted = std::conditional_t<is_whole_number<Target>, Target, T>;
      if constexpr (sizeof(T) == 8 && std::is_unsigned_v<T>) {
        return unsigned_value(value, integer_type<Wanted>());
      } else if constexpr (std::is_floating_point_v<Target>) {
        return Value{ValueView::float64(static_cast<double>(value))};
      } else {
        return integer_value(static_cast<std::int64_t>(value), integer_type<Wanted>());
      }
    }
  } else if constexpr (std::is_floating_point_v<T>) {
    if constexpr (std::is_same_v<Target, float>) {
      return Value{ValueView::float32(static_cast<float>(value))};
    } else {
      return Value{ValueView::float64(static_cast<double>(value))};
    }
  } else {
    return to_value(value);
  }
}

}  // namespace detail
}  // namespace roost::db
