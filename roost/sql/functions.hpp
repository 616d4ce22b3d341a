// SQL functions for expressions: aggregates, texts, case, sub-queries, and any other by its name.
//
// With a field or expression as an argument they are found without naming the namespace:
// `sum(f<&Event::capacity>)`, `lower(f<&User::email>) == "…"`, `count().as("n")`.
#pragma once

#include <roost/sql/expression.hpp>

#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace roost::db {

/// count(*), or the number of rows where the expression is not NULL.
[[nodiscard]] Expression count();
[[nodiscard]] Expression count(Expression expression);
[[nodiscard]] Expression count_distinct(Expression expression);
[[nodiscard]] Expression sum(Expression expression);
[[nodiscard]] Expression avg(Expression expression);
[[nodiscard]] Expression min(Expression expression);
[[nodiscard]] Expression max(Expression expression);
/// An aggregate of some of the rows only: `filter(count(), f<&Event::capacity> > 10)`.
[[nodiscard]] Expression filter(Expression aggregate, Expression condition);

/// Of letters beyond a to z on PostgreSQL only.
[[nodiscard]] Expression lower(Expression text);
[[nodiscard]] Expression upper(Expression text);
/// Characters of a text.
[[nodiscard]] Expression length(Expression text);
[[nodiscard]] Expression trim(Expression text);
[[nodiscard]] Expression abs(Expression number);

namespace detail {
template <class T>
inline constexpr bool is_list_argument = !std::is_same_v<std::remove_cvref_t<T>, std::nullptr_t>;

template <class... T>
[[nodiscard]] std::vector<Expression> to_operands(T&&... operands) {
  std::vector<Expression> made;
  made.reserve(sizeof...(T));
  (made.push_back(to_operand<Anything>(std::forward<T>(operands))), ...);
  return made;
}
}  // namespace detail

/// Any function by its name, which must come from the program: `call("date_trunc", "month", …)`.
/// Throws UsageError when rendered if the name is no identifier.
template <class... T>
[[nodiscard]] Expression call(std::string_view function, T&&... arguments) {
  return Expression::call(function, detail::to_operands(std::forward<T>(arguments)...));
}

/// The first one that is not NULL: `coalesce(f<&Event::nickname>, f<&Event::title>, "")`.
template <class First, class... Rest>
[[nodiscard]] Expression coalesce(const First& first, const Rest&... rest) {
  static_cast<void>((detail::check_comparable<First, Rest>() && ...));
  std::vector<Expression> operands;
  operands.push_back(detail::to_operand<detail::Anything>(first));
  (operands.push_back(detail::to_operand<detail::operand_type<First>>(rest)), ...);
  return Expression::call("coalesce", std::move(operands));
}

/// Texts, one after the other.
template <class First, class Second, class... Rest>
[[nodiscard]] Expression concat(const First& first, const Second& second, const Rest&... rest) {
  Expression joined = detail::combine(Op::concatenate, detail::to_operand<detail::Anything>(first),
                                      detail::to_operand<detail::Anything>(second));
  if constexpr (sizeof...(Rest) == 0) {
    return joined;
  } else {
    return concat(joined, rest...);
  }
}

/// A tuple of columns or values, to be compared with another one: `row(a, b) == row(x, y)`.
template <class... T>
[[nodiscard]] Expression row(T&&... members) {
  detail::Node node;
  node.op = Op::row;
  return Expression::over(node, detail::to_operands(std::forward<T>(members)...));
}

/// `case_when(condition, value, condition, value, …, otherwise)`; without the last one: NULL.
template <class... T>
[[nodiscard]] Expression case_when(T&&... parts) {
  static_assert(sizeof...(T) >= 2, "roost: case_when takes a condition and a value at least");
  detail::Node node;
  node.op = Op::case_when;
  return Expression::over(node, detail::to_operands(std::forward<T>(parts)...));
}

/// Has the sub-query any row?
template <detail::SubQuery Query>
[[nodiscard]] Expression exists(const Query& query) {
  return detail::wrap(Op::exists, Expression::payload(query.sub_query()));
}

/// A column by its name, quoted; of a table or alias: `column("e", "title")`.
template <class... Name>
[[nodiscard]] Expression column(const Name&... names) {
  const std::string_view parts[] = {std::string_view{names}...};
  return Expression::column(parts);
}

/// A bound value, where no other operand makes an expression of it.
template <class T>
[[nodiscard]] Expression value(const T& object) {
  return detail::to_operand<detail::Anything>(object);
}

[[nodiscard]] inline Expression always_true() { return Expression::constant(true); }
[[nodiscard]] inline Expression always_false() { return Expression::constant(false); }

/// What `over(…)` is made of: `window().partition_by(f<…>).order_by(desc<…>)`.
class Window {
 public:
  template <class... T>
  Window& partition_by(const T&... expressions) {
    (partitions_.push_back(Expression(expressions)), ...);
    return *this;
  }
  template <class... T>
  Window& order_by(const T&... terms) {
    (sorts_.push_back(OrderTerm(terms)), ...);
    return *this;
  }
  /// Which rows around the current one count; none: unbounded.
  Window& rows_between(std::int64_t preceding, std::int64_t following);
  Window& rows_from_start();

  [[nodiscard]] Expression apply(Expression function) const;

 private:
  std::vector<Expression> partitions_;
  std::vector<OrderTerm> sorts_;
  std::string frame_;
};
[[nodiscard]] inline Window window() { return {}; }

/// A window function: `over(sum(f<&Sale::amount>), window().partition_by(f<&Sale::shop>))`.
[[nodiscard]] inline Expression over(Expression function, const Window& window) {
  return window.apply(std::move(function));
}
[[nodiscard]] Expression row_number();
[[nodiscard]] Expression rank();
[[nodiscard]] Expression dense_rank();
[[nodiscard]] Expression lag(Expression expression, std::int64_t rows = 1);
[[nodiscard]] Expression lead(Expression expression, std::int64_t rows = 1);

}  // namespace roost::db

namespace roost {

// Those without a field as an argument.
using db::case_when;
using db::count;
using db::exists;

}  // namespace roost
