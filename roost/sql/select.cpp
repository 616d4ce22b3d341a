// Reading with the query builder.
#include <roost/sql/detail/query_sink.hpp>
#include <roost/sql/errors.hpp>
#include <roost/sql/select.hpp>

namespace roost::db {

template class SelectMethods<Select>;

namespace detail {

namespace {

/// Is it an aggregate or a window function, or made of one?
bool combines_rows(const Expression& expression) {
  static constexpr std::string_view aggregates[] = {
      "count",      "sum",      "avg",       "min",      "max",     "array_agg",
      "string_agg", "json_agg", "jsonb_agg", "bool_and", "bool_or", "every"};
  ExpressionCursor cursor = expression.cursor();
  while (!cursor.at_end()) {
    const Node& node = cursor.next();
    if (node.op == Op::over || node.op == Op::filter) return true;
    for (std::size_t i = attachment_count(node); i > 0; --i) {
      const std::string& text = cursor.next_attachment().text;
      if (node.op != Op::call) continue;
      for (const std::string_view aggregate : aggregates) {
        if (text == aggregate) return true;
      }
    }
  }
  return false;
}

bool has_outer_join(const std::vector<Join>& joins) {
  for (const Join& join : joins) {
    if (join.kind != JoinKind::inner && join.kind != JoinKind::cross) return true;
  }
  return false;
}

}  // namespace

bool SelectData::compound() const {
  return !branches.empty() || !order_by.empty() || limit || offset || !with.tables.empty() ||
         !locks.empty();
}

bool SelectData::may_write() const {
  const auto writes = [](const Expression& expression) { return expression.may_write(); };
  if (!locks.empty() || with.may_write() || writes(where) || writes(having)) return true;
  for (const SelectItem& item : items) {
    if (writes(item.expression())) return true;
  }
  for (const Expression& expression : group_by) {
    if (writes(expression)) return true;
  }
  for (const OrderTerm& term : order_by) {
    if (writes(term.expression())) return true;
  }
  for (const Source& source : sources.tables) {
    if (source.query != nullptr && source.query->may_write()) return true;
  }
  for (const Join& join : sources.joins) {
    if (writes(join.on) || (join.source.query != nullptr && join.source.query->may_write())) {
      return true;
    }
  }
  for (const Branch& branch : branches) {
    if (branch.query->may_write()) return true;
  }
  return false;
}

void SelectData::set_limit(std::int64_t rows) {
  if (rows < 0) throw UsageError("limit(" + std::to_string(rows) + "): it must not be negative");
  limit.emplace(ValueView::int64(rows));
}

void SelectData::set_offset(std::int64_t rows) {
  if (rows < 0) throw UsageError("offset(" + std::to_string(rows) + "): it must not be negative");
  offset.emplace(ValueView::int64(rows));
}

void SelectData::set_page(std::int64_t page, std::int64_t size) {
  std::int64_t first = 0;
  if (page < 1 || size < 1 || __builtin_mul_overflow(page - 1, size, &first)) {
    throw UsageError("page(" + std::to_string(page) + ", " + std::to_string(size) +
                     "): pages are counted from 1 and have one row at least");
  }
  set_limit(size);
  set_offset(first);
}

void SelectData::write(QuerySink& out) const {
  with.write(out);
  std::vector<TableAlias> aliases;
  sources.append_aliases(aliases);
  out.enter(aliases);
  write_branches(out);
  write_order(out);
  write_limit(out);
  write_locks(out);
  out.leave();
}

void SelectData::write_core(QuerySink& out) const {
  out.text("select ");
  if (!distinct_on.empty()) {
    out.require(Feature::distinct_on);
    out.text("distinct on (");
    write_expressions(out, distinct_on);
    out.text(") ");
  } else if (distinct) {
    out.text("distinct ");
  }
  write_items(out, items);
  if (!sources.tables.empty()) {
    out.text(" from ");
    sources.write(out);
  } else if (!sources.joins.empty()) {
    throw UsageError("a query joins a table but has no from()");
  } else if (items.empty()) {
    throw UsageError("a query without from() needs columns: select(…)");
  }
  if (!where.empty()) {
    out.text(" where ");
    out.expression(where);
  }
  write_groups(out);
  if (!having.empty()) {
    out.text(" having ");
    out.expression(having);
  }
}

/// Where the same expression, values included, stands in the list of what is selected; from 1, 0 if
/// nowhere. Only for expressions with values: their placeholders make two of them different to
/// PostgreSQL.
std::size_t SelectData::position_of(const Expression& expression) const {
  std::vector<ValueView> values;
  expression.append_values(values);
  if (values.empty()) return 0;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const Expression& item = items[i].expression();
    if (is_star(item)) return 0;  // nobody knows how many columns that is
    if (!item.same_shape(expression)) continue;
    std::vector<ValueView> others;
    item.append_values(others);
    if (others == values) return i + 1;
  }
  return 0;
}

void SelectData::write_groups(QuerySink& out) const {
  bool first = true;
  for (const Expression& expression : group_by) {
    out.text(first ? " group by " : ", ");
    first = false;
    const std::size_t position = position_of(expression);
    if (position == 0) {
      out.expression(expression);
    } else {
      out.text(std::to_string(position));
    }
  }
}

void SelectData::write_order(QuerySink& out) const {
  bool first = true;
  for (const OrderTerm& term : order_by) {
    out.text(first ? " order by " : ", ");
    first = false;
    const std::size_t position = position_of(term.expression());
    if (position == 0) {
      out.sort(term);
      continue;
    }
    out.text(std::to_string(position));
    if (term.descending()) out.text(" desc");
    out.text(term.nulls_are_last() ? " nulls last" : " nulls first");
  }
}

/// From left to right. INTERSECT binds tighter in PostgreSQL and not in SQLite: there, parentheses
/// hold together what stands before it.
void SelectData::write_branches(QuerySink& out) const {
  const bool parentheses = out.renderer() != nullptr && !out.is_sqlite();
  bool mixed = false;
  std::size_t groups = 0;
  std::vector<bool> closes(branches.size(), false);
  for (std::size_t i = 0; i < branches.size(); ++i) {
    const bool intersects = branches[i].operation == SetOperation::intersect;
    closes[i] = parentheses && intersects && mixed;
    if (closes[i]) ++groups;
    mixed = intersects ? (closes[i] ? false : mixed) : true;
  }
  for (std::size_t i = 0; i < groups; ++i) out.text("(");
  write_core(out);
  for (std::size_t i = 0; i < branches.size(); ++i) {
    if (closes[i]) out.text(")");
    write_branch(out, branches[i]);
  }
}

void SelectData::write_branch(QuerySink& out, const Branch& branch) const {
  static constexpr std::string_view words[] = {" union ", " intersect ", " except "};
  out.text(words[static_cast<std::size_t>(branch.operation)]);
  if (branch.all) out.text("all ");
  if (!branch.compound) return out.payload(*branch.query);
  const bool wrap = out.is_sqlite();  // it takes no parentheses here
  out.text(wrap ? "select * from (" : "(");
  out.payload(*branch.query);
  out.text(")");
}

void SelectData::write_limit(QuerySink& out) const {
  if (limit) {
    out.text(" limit ");
    out.value(*limit);
  } else if (offset && out.is_sqlite()) {
    out.text(" limit -1");
  }
  if (offset) {
    out.text(" offset ");
    out.value(*offset);
  }
}

void SelectData::check_locks(const QuerySink& out) const {
  out.require(Feature::row_locks);
  bool rows = branches.empty() && group_by.empty() && having.empty() && !distinct;
  rows = rows && distinct_on.empty();
  for (const SelectItem& item : items) rows = rows && !combines_rows(item.expression());
  if (rows) return;
  throw UsageError(
      "PostgreSQL cannot lock the rows of a set operation, of groups, of aggregates, of window "
      "functions or of a distinct query");
}

void SelectData::write_locks(QuerySink& out) const {
  static constexpr std::string_view words[] = {" for update", " for no key update", " for share",
                                               " for key share"};
  for (const Lock& lock : locks) {
    check_locks(out);
    if (lock.of.empty() && has_outer_join(sources.joins)) {
      throw UsageError(
          "PostgreSQL cannot lock the rows that an outer join may not find: name the tables whose "
          "rows are meant, lock(LockStrength::update, LockWait::wait, {\"e\"})");
    }
    out.text(words[static_cast<std::size_t>(lock.strength)]);
    for (std::size_t i = 0; i < lock.of.size(); ++i) {
      out.text(i == 0 ? " of " : ", ");
      out.name(lock.of[i]);
    }
    if (lock.wait == LockWait::nowait) out.text(" nowait");
    if (lock.wait == LockWait::skip_locked) out.text(" skip locked");
  }
}

}  // namespace detail

namespace {

bool may_be_null(const Expression& expression) {
  const detail::Node& head = expression.cursor().head();
  if (head.op != Op::path && head.op != Op::path_of) return true;
  const Path& path = *reinterpret_cast<const Path*>(head.data);
  return path.count > 1 || path.back().type().kind == reflect::TypeKind::optional;
}

/// Behind the value in the order of one term; empty: nothing is.
Expression behind(const OrderTerm& term, const Value& value) {
  const Expression& column = term.expression();
  const bool nullable = may_be_null(column);
  if (value.view().is_null()) {
    if (term.nulls_are_last()) return Expression{};
    return detail::test_null(Op::is_not_null, column);
  }
  Expression beyond =
      detail::combine(term.descending() ? Op::less : Op::greater, column, Expression::value(value));
  if (nullable && term.nulls_are_last()) {
    beyond |= detail::test_null(Op::is_null, column);
  }
  return beyond;
}

/// (a, b) > (x, y), which an index can answer, where the terms all go one way without NULL.
bool can_compare_rows(const std::vector<OrderTerm>& terms, const std::vector<Value>& values) {
  for (std::size_t i = 0; i < terms.size(); ++i) {
    const ValueView& value = values[i].view();
    if (value.is_null() || value.type() == ValueType::decimal ||
        may_be_null(terms[i].expression()) || terms[i].descending() != terms[0].descending()) {
      return false;
    }
  }
  return true;
}

}  // namespace

Expression after(const std::vector<OrderTerm>& terms, const std::vector<Value>& values) {
  if (terms.empty() || terms.size() != values.size()) {
    throw UsageError("after() takes as many values as sort terms, and one at least; it got " +
                     std::to_string(terms.size()) + " terms and " + std::to_string(values.size()) +
                     " values");
  }
  if (terms.size() > 1 && can_compare_rows(terms, values)) {
    detail::Node row;
    row.op = Op::row;
    std::vector<Expression> columns;
    std::vector<Expression> bounds;
    for (const OrderTerm& term : terms) columns.push_back(term.expression());
    for (const Value& value : values) bounds.push_back(Expression::value(value));
    return detail::combine(terms[0].descending() ? Op::less : Op::greater,
                           Expression::over(row, std::move(columns)),
                           Expression::over(row, std::move(bounds)));
  }
  Expression rest;  // behind the values of the terms from i on
  bool nothing = true;
  for (std::size_t i = terms.size(); i > 0; --i) {
    const OrderTerm& term = terms[i - 1];
    const Value& value = values[i - 1];
    Expression here = behind(term, value);
    if (!nothing) {
      Expression same = value.view().is_null() ? detail::test_null(Op::is_null, term.expression())
                                               : detail::combine(Op::equal, term.expression(),
                                                                 Expression::value(value));
      here |= std::move(same) && std::move(rest);
    }
    nothing = here.empty();
    rest = std::move(here);
  }
  return nothing ? Expression::constant(false) : rest;
}

}  // namespace roost::db
