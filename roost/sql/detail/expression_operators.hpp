// The operators and methods of expressions: thin templates that check types and become data.
#pragma once

#include <roost/sql/expression.hpp>

namespace roost::db {

namespace detail {

template <class T>
inline constexpr bool is_null_pointer = std::is_same_v<std::remove_cvref_t<T>, std::nullptr_t>;

template <class T>
concept SubQuery = requires(const T& query) {
  { query.sub_query() } -> std::convertible_to<Shared<const Payload>>;
};

/// Target: the type of the column on the other side.
template <class Target, class T>
[[nodiscard]] Expression to_operand(T&& operand) {
  using Plain = std::remove_cvref_t<T>;
  if constexpr (std::is_convertible_v<T&&, Expression>) {
    return Expression(std::forward<T>(operand));
  } else if constexpr (SubQuery<Plain>) {
    return Expression::payload(operand.sub_query());
  } else {
    return Expression::value(make_value<Target>(operand));
  }
}

template <class T>
[[nodiscard]] Expression to_condition(T&& operand) {
  if constexpr (std::is_convertible_v<T&&, Expression>) {
    return Expression(std::forward<T>(operand));
  } else if constexpr (std::is_same_v<std::remove_cvref_t<T>, bool>) {
    return Expression::constant(operand);
  } else {
    (void)sizeof(this_is_no_condition<std::remove_cvref_t<T>>);
    return Expression{};
  }
}

template <class Other>
[[nodiscard]] Expression compare_with_null(Op op, const Other& operand) {
  if constexpr (!MayBeNull<Other>::value) {
    (void)sizeof(this_member_is_never_null<typename Other::member_type>);
  }
  return test_null(op == Op::equal ? Op::is_null : Op::is_not_null, operand);
}

template <class L, class R>
[[nodiscard]] Expression compare(Op op, L&& left, R&& right) {
  if constexpr (is_null_pointer<R>) {
    return compare_with_null(op, left);
  } else if constexpr (is_null_pointer<L>) {
    return compare_with_null(op, right);
  } else if constexpr (check_comparable<L, R>()) {
    return combine(op, to_operand<operand_type<R>>(std::forward<L>(left)),
                   to_operand<operand_type<L>>(std::forward<R>(right)));
  } else {
    return Expression{};
  }
}

template <class L, class R>
[[nodiscard]] Expression calculate(Op op, L&& left, R&& right) {
  return combine(op, to_operand<operand_type<R>>(std::forward<L>(left)),
                 to_operand<operand_type<L>>(std::forward<R>(right)));
}

template <class L, class R>
concept AnyOperand = Operand<L> || Operand<R>;
/// Where NULL makes no sense.
template <class L, class R>
concept AnyOperandNotNull = AnyOperand<L, R> && !is_null_pointer<L> && !is_null_pointer<R>;

template <class T, class Target>
concept ListOf = !is_text<T> && !std::is_same_v<T, Target> && requires(const T& range) {
  typename T::value_type;
  range.begin();
  range.end();
};

template <class Target, class T>
void append_value(std::vector<Value>& values, const T& value) {
  if constexpr (check_comparable<Target, T>()) values.push_back(make_value<Target>(value));
}

template <class Target, class Range>
[[nodiscard]] std::vector<Value> list_values(const Range& range) {
  std::vector<Value> values;
  for (const auto& element : range) {
    append_value<Target, typename Range::value_type>(values, element);
  }
  return values;
}

template <class Target, class First, class... Rest>
[[nodiscard]] Expression in_list(Op op, Expression operand, const First& first,
                                 const Rest&... rest) {
  if constexpr (sizeof...(Rest) == 0 && SubQuery<First>) {
    return combine(op == Op::in_values ? Op::in_query : Op::not_in_query, std::move(operand),
                   Expression::payload(first.sub_query()));
  } else if constexpr (sizeof...(Rest) == 0 && ListOf<First, Target>) {
    return in_array(op, std::move(operand), list_values<Target>(first));
  } else {
    std::vector<Value> values;
    values.reserve(1 + sizeof...(Rest));
    append_value<Target>(values, first);
    (append_value<Target>(values, rest), ...);
    return in_array(op, std::move(operand), values);
  }
}

[[nodiscard]] Expression between(Expression operand, Expression low, Expression high);
[[nodiscard]] Expression array_test(Op op, Expression operand, std::span<const Value> elements);

}  // namespace detail

// One of the operands is a field or an expression, the other one may be a value.
namespace operators {

template <class L, class R>
requires detail::AnyOperand<L, R>
[[nodiscard]] Expression operator==(L&& left, R&& right) {
  return detail::compare(Op::equal, std::forward<L>(left), std::forward<R>(right));
}
template <class L, class R>
requires detail::AnyOperand<L, R>
[[nodiscard]] Expression operator!=(L&& left, R&& right) {
  return detail::compare(Op::not_equal, std::forward<L>(left), std::forward<R>(right));
}
template <class L, class R>
requires detail::AnyOperandNotNull<L, R>
[[nodiscard]] Expression operator<(L&& left, R&& right) {
  return detail::compare(Op::less, std::forward<L>(left), std::forward<R>(right));
}
template <class L, class R>
requires detail::AnyOperandNotNull<L, R>
[[nodiscard]] Expression operator<=(L&& left, R&& right) {
  return detail::compare(Op::less_equal, std::forward<L>(left), std::forward<R>(right));
}
template <class L, class R>
requires detail::AnyOperandNotNull<L, R>
[[nodiscard]] Expression operator>(L&& left, R&& right) {
  return detail::compare(Op::greater, std::forward<L>(left), std::forward<R>(right));
}
template <class L, class R>
requires detail::AnyOperandNotNull<L, R>
[[nodiscard]] Expression operator>=(L&& left, R&& right) {
  return detail::compare(Op::greater_equal, std::forward<L>(left), std::forward<R>(right));
}

template <class L, class R>
requires detail::AnyOperand<L, R>
[[nodiscard]] Expression operator&&(L&& left, R&& right) {
  return detail::combine(Op::all, detail::to_condition(std::forward<L>(left)),
                         detail::to_condition(std::forward<R>(right)));
}
template <class L, class R>
requires detail::AnyOperand<L, R>
[[nodiscard]] Expression operator||(L&& left, R&& right) {
  return detail::combine(Op::any, detail::to_condition(std::forward<L>(left)),
                         detail::to_condition(std::forward<R>(right)));
}
/// SQL's NOT: of a condition that is NULL it is NULL again. `!` of no condition is no condition.
template <detail::Operand T>
[[nodiscard]] Expression operator!(T&& operand) {
  return detail::wrap(Op::negation, Expression(std::forward<T>(operand)));
}

template <class L, class R>
requires detail::AnyOperandNotNull<L, R>
[[nodiscard]] Expression operator+(L&& left, R&& right) {
  return detail::calculate(Op::add, std::forward<L>(left), std::forward<R>(right));
}
template <class L, class R>
requires detail::AnyOperandNotNull<L, R>
[[nodiscard]] Expression operator-(L&& left, R&& right) {
  return detail::calculate(Op::subtract, std::forward<L>(left), std::forward<R>(right));
}
template <class L, class R>
requires detail::AnyOperandNotNull<L, R>
[[nodiscard]] Expression operator*(L&& left, R&& right) {
  return detail::calculate(Op::multiply, std::forward<L>(left), std::forward<R>(right));
}
template <class L, class R>
requires detail::AnyOperandNotNull<L, R>
[[nodiscard]] Expression operator/(L&& left, R&& right) {
  return detail::calculate(Op::divide, std::forward<L>(left), std::forward<R>(right));
}
template <class L, class R>
requires detail::AnyOperandNotNull<L, R>
[[nodiscard]] Expression operator%(L&& left, R&& right) {
  return detail::calculate(Op::modulo, std::forward<L>(left), std::forward<R>(right));
}
template <detail::Operand T>
[[nodiscard]] Expression operator-(T&& operand) {
  return detail::wrap(Op::negate, Expression(std::forward<T>(operand)));
}

}  // namespace operators

// Methods.

template <class Self>
Expression OperandMethods<Self>::self() const {
  return Expression(static_cast<const Self&>(*this));
}

template <class Self>
template <class... T>
Expression OperandMethods<Self>::in(const T&... values) const {
  return detail::in_list<detail::operand_type<Self>>(Op::in_values, self(), values...);
}
template <class Self>
template <class... T>
Expression OperandMethods<Self>::not_in(const T&... values) const {
  return detail::in_list<detail::operand_type<Self>>(Op::not_in_values, self(), values...);
}
template <class Self>
template <class A, class B>
Expression OperandMethods<Self>::between(const A& low, const B& high) const {
  using Target = detail::operand_type<Self>;
  if constexpr (detail::check_comparable<Self, A>() && detail::check_comparable<Self, B>()) {
    return detail::between(self(), detail::to_operand<Target>(low),
                           detail::to_operand<Target>(high));
  } else {
    return Expression{};
  }
}
template <class Self>
template <class T>
Expression OperandMethods<Self>::is_distinct_from(const T& value) const {
  return detail::compare(Op::distinct, static_cast<const Self&>(*this), value);
}

template <class Self>
Expression OperandMethods<Self>::contains(std::string_view text) const {
  return detail::with_text(Op::contains, self(), text);
}
template <class Self>
Expression OperandMethods<Self>::starts_with(std::string_view text) const {
  return detail::with_text(Op::starts_with, self(), text);
}
template <class Self>
Expression OperandMethods<Self>::ends_with(std::string_view text) const {
  return detail::with_text(Op::ends_with, self(), text);
}
template <class Self>
Expression OperandMethods<Self>::icontains(std::string_view text) const {
  return detail::with_text(Op::contains_ignoring_case, self(), text);
}
template <class Self>
Expression OperandMethods<Self>::like(std::string_view pattern) const {
  return detail::with_text(Op::like, self(), pattern);
}
template <class Self>
Expression OperandMethods<Self>::ilike(std::string_view pattern) const {
  return detail::with_text(Op::ilike, self(), pattern);
}
template <class Self>
Expression OperandMethods<Self>::matches(std::string_view pattern) const {
  return detail::with_text(Op::matches, self(), pattern);
}
template <class Self>
Expression OperandMethods<Self>::imatches(std::string_view pattern) const {
  return detail::with_text(Op::matches_ignoring_case, self(), pattern);
}

template <class Self>
Expression OperandMethods<Self>::key(std::string_view name) const {
  return detail::with_text(Op::json_key, self(), name);
}
template <class Self>
Expression OperandMethods<Self>::operator[](std::int64_t index) const {
  return detail::json_index(self(), index);
}
template <class Self>
template <class T>
Expression OperandMethods<Self>::typed() const {
  return detail::typed(self(), codec<T>().type());
}

template <class Self>
template <class Range>
Expression OperandMethods<Self>::array_contains(const Range& elements) const {
  return detail::array_test(Op::array_contains, self(),
                            detail::list_values<detail::Anything>(elements));
}
template <class Self>
template <class Range>
Expression OperandMethods<Self>::array_overlaps(const Range& elements) const {
  return detail::array_test(Op::array_overlaps, self(),
                            detail::list_values<detail::Anything>(elements));
}
template <class Self>
template <class Range>
Expression OperandMethods<Self>::array_contained_in(const Range& elements) const {
  return detail::array_test(Op::array_contained, self(),
                            detail::list_values<detail::Anything>(elements));
}

template <class Self>
Expression OperandMethods<Self>::collate(std::string_view collation) const {
  return detail::with_text(Op::collate, self(), collation);
}
template <class Self>
OrderTerm OperandMethods<Self>::asc() const {
  return OrderTerm{self(), false};
}
template <class Self>
OrderTerm OperandMethods<Self>::desc() const {
  return OrderTerm{self(), true};
}
template <class Self>
SelectItem OperandMethods<Self>::as(std::string_view name) const {
  return SelectItem{self(), name};
}

extern template class OperandMethods<Expression>;

}  // namespace roost::db
