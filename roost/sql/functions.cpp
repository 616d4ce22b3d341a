// SQL functions.
#include <roost/sql/errors.hpp>
#include <roost/sql/functions.hpp>

namespace roost::db {

namespace {

Expression call_one(std::string_view name, Expression argument, std::uint8_t flags = 0) {
  std::vector<Expression> arguments;
  arguments.push_back(std::move(argument));
  return Expression::call(name, std::move(arguments), flags);
}

/// An integer constant of the text, where the databases take no parameter or guess its type badly.
Expression integer(std::int64_t number) { return Expression(trusted_sql(std::to_string(number))); }

}  // namespace

Expression count() {
  detail::Node star;
  star.op = Op::star;
  return call_one("count", Expression::over(star, {}));
}
Expression count(Expression expression) { return call_one("count", std::move(expression)); }
Expression count_distinct(Expression expression) {
  return call_one("count", std::move(expression), detail::call_distinct);
}
Expression sum(Expression expression) { return call_one("sum", std::move(expression)); }
Expression avg(Expression expression) { return call_one("avg", std::move(expression)); }
Expression min(Expression expression) { return call_one("min", std::move(expression)); }
Expression max(Expression expression) { return call_one("max", std::move(expression)); }
Expression filter(Expression aggregate, Expression condition) {
  return detail::combine(Op::filter, std::move(aggregate), std::move(condition));
}

Expression lower(Expression text) { return call_one("lower", std::move(text)); }
Expression upper(Expression text) { return call_one("upper", std::move(text)); }
Expression length(Expression text) { return call_one("length", std::move(text)); }
Expression trim(Expression text) { return call_one("trim", std::move(text)); }
Expression abs(Expression number) { return call_one("abs", std::move(number)); }

Expression row_number() { return Expression::call("row_number", {}); }
Expression rank() { return Expression::call("rank", {}); }
Expression dense_rank() { return Expression::call("dense_rank", {}); }
Expression lag(Expression expression, std::int64_t rows) {
  std::vector<Expression> arguments;
  arguments.push_back(std::move(expression));
  arguments.push_back(integer(rows));
  return Expression::call("lag", std::move(arguments));
}
Expression lead(Expression expression, std::int64_t rows) {
  std::vector<Expression> arguments;
  arguments.push_back(std::move(expression));
  arguments.push_back(integer(rows));
  return Expression::call("lead", std::move(arguments));
}

Window& Window::rows_between(std::int64_t preceding, std::int64_t following) {
  if (preceding < 0 || following < 0) {
    throw UsageError("rows_between() takes numbers of rows, which are not negative");
  }
  frame_ = "rows between " + std::to_string(preceding) + " preceding and " +
           std::to_string(following) + " following";
  return *this;
}
Window& Window::rows_from_start() {
  frame_.assign("rows between unbounded preceding and current row");
  return *this;
}

Expression Window::apply(Expression function) const {
  std::vector<Expression> operands;
  operands.push_back(std::move(function));
  for (const Expression& partition : partitions_) operands.push_back(partition);
  for (const OrderTerm& sort : sorts_) operands.push_back(sort.as_expression());
  return detail::windowed(std::move(operands), sorts_.size(), frame_);
}

}  // namespace roost::db
