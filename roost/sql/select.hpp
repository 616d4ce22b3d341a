// select(…).from<Event>("e").join<Venue>("v", …).where(…): reading with the query builder.
#pragma once

#include <roost/base/shared.hpp>
#include <roost/sql/query.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace roost::db {

enum class LockStrength : std::uint8_t { update, no_key_update, share, key_share };
enum class LockWait : std::uint8_t { wait, nowait, skip_locked };

namespace detail {

enum class SetOperation : std::uint8_t { union_, intersect, except };

struct SelectData {
  struct Branch {
    SetOperation operation;
    bool all;
    Shared<const Payload> query;
    bool compound;  // has set operations, order, limit or WITH of its own
  };
  struct Lock {
    LockStrength strength;
    LockWait wait;
    std::vector<std::string> of;
  };

  WithClause with;
  bool distinct = false;
  std::vector<Expression> distinct_on;
  std::vector<SelectItem> items;
  Sources sources;
  Expression where;
  std::vector<Expression> group_by;
  Expression having;
  std::vector<Branch> branches;
  std::vector<OrderTerm> order_by;
  std::optional<Value> limit;
  std::optional<Value> offset;
  std::vector<Lock> locks;

  [[nodiscard]] bool compound() const;
  [[nodiscard]] bool may_write() const;
  void write(QuerySink& out) const;

  void set_limit(std::int64_t rows);
  void set_offset(std::int64_t rows);
  void set_page(std::int64_t page, std::int64_t size);

 private:
  void write_core(QuerySink& out) const;
  void write_groups(QuerySink& out) const;
  void write_order(QuerySink& out) const;
  [[nodiscard]] std::size_t position_of(const Expression& expression) const;
  void write_branches(QuerySink& out) const;
  void write_branch(QuerySink& out, const Branch& branch) const;
  void write_limit(QuerySink& out) const;
  void write_locks(QuerySink& out) const;
  void check_locks(const QuerySink& out) const;
};

}  // namespace detail

/// The words of a query that reads. `Self` is the class that has them, so that a builder with more
/// words of its own can be made of it. Each word changes the query and returns it.
template <class Self>
class SelectMethods : public Query {
 public:
  [[nodiscard]] bool may_write() const override { return data_.may_write(); }

  /// Appends columns; none at all means all columns.
  template <class... Item>
  Self& select(const Item&... items) {
    (data_.items.push_back(SelectItem(items)), ...);
    return self();
  }
  Self& distinct() {
    data_.distinct = true;
    return self();
  }
  /// The first row of each group, in the order of order_by; PostgreSQL only.
  template <class... T>
  Self& distinct_on(const T&... expressions) {
    (data_.distinct_on.push_back(Expression(expressions)), ...);
    return self();
  }

  /// The table of class T: its members' columns stand behind the alias. Without the ORM its name is
  /// that of the class in snake case, unless it is given: `from<Event>(table("events"), "e")`.
  template <class T>
  Self& from(std::string_view alias = {}) {
    return from_source(typed<T>(TableName{&reflect::type_of<T>}, alias));
  }
  template <class T, std::same_as<TableName> Name>
  Self& from(Name table, std::string_view alias = {}) {
    return from_source(typed<T>(std::move(table), alias));
  }
  /// A table, or a query of `with`, by its name.
  Self& from(TableName table, std::string_view alias = {}) {
    return from_source(named(std::move(table), alias));
  }
  template <detail::SubQuery Q>
  Self& from(const Q& query, std::string_view alias) {
    return from_source({std::nullopt, query.sub_query(), std::string{alias}});
  }

  template <class T>
  Self& join(std::string_view alias, Expression on) {
    return joined<T>(detail::JoinKind::inner, alias, std::move(on));
  }
  template <class T>
  Self& left_join(std::string_view alias, Expression on) {
    return joined<T>(detail::JoinKind::left, alias, std::move(on));
  }
  template <class T>
  Self& right_join(std::string_view alias, Expression on) {
    return joined<T>(detail::JoinKind::right, alias, std::move(on));
  }
  template <class T>
  Self& full_join(std::string_view alias, Expression on) {
    return joined<T>(detail::JoinKind::full, alias, std::move(on));
  }
  Self& join(TableName table, std::string_view alias, Expression on) {
    return joined(detail::JoinKind::inner, named(std::move(table), alias), std::move(on));
  }
  Self& left_join(TableName table, std::string_view alias, Expression on) {
    return joined(detail::JoinKind::left, named(std::move(table), alias), std::move(on));
  }
  Self& right_join(TableName table, std::string_view alias, Expression on) {
    return joined(detail::JoinKind::right, named(std::move(table), alias), std::move(on));
  }
  Self& full_join(TableName table, std::string_view alias, Expression on) {
    return joined(detail::JoinKind::full, named(std::move(table), alias), std::move(on));
  }
  Self& cross_join(TableName table, std::string_view alias = {}) {
    return joined(detail::JoinKind::cross, named(std::move(table), alias), Expression{});
  }
  template <detail::SubQuery Q>
  Self& join(const Q& query, std::string_view alias, Expression on) {
    return joined(detail::JoinKind::inner, sub_query_source(query, alias), std::move(on));
  }
  template <detail::SubQuery Q>
  Self& left_join(const Q& query, std::string_view alias, Expression on) {
    return joined(detail::JoinKind::left, sub_query_source(query, alias), std::move(on));
  }
  /// A sub-query that refers to the tables before it; PostgreSQL only.
  template <detail::SubQuery Q>
  Self& join_lateral(const Q& query, std::string_view alias, Expression on) {
    return joined(detail::JoinKind::inner, sub_query_source(query, alias), std::move(on), true);
  }
  template <detail::SubQuery Q>
  Self& left_join_lateral(const Q& query, std::string_view alias, Expression on) {
    return joined(detail::JoinKind::left, sub_query_source(query, alias), std::move(on), true);
  }

  /// A further condition; an empty one changes nothing.
  Self& where(Expression condition) {
    data_.where &= std::move(condition);
    return self();
  }
  template <class... T>
  Self& group_by(const T&... expressions) {
    (data_.group_by.push_back(Expression(expressions)), ...);
    return self();
  }
  Self& having(Expression condition) {
    data_.having &= std::move(condition);
    return self();
  }
  /// Further terms: `asc<&Event::title>()`, `f<…>.desc()`, a column or expression (ascending).
  template <class... Term>
  Self& order_by(const Term&... terms) {
    (data_.order_by.push_back(order_term(terms)), ...);
    return self();
  }
  Self& limit(std::int64_t rows) {
    data_.set_limit(rows);
    return self();
  }
  Self& offset(std::int64_t rows) {
    data_.set_offset(rows);
    return self();
  }
  /// Limit and offset of page number `page`, from 1.
  Self& page(std::int64_t page, std::int64_t size) {
    data_.set_page(page, size);
    return self();
  }

  // The results of this query together with those of another. One after the other, from left to
  // right; order_by and limit of this query are those of the whole.
  template <class Q>
  Self& union_with(const Q& query) {
    return combined(detail::SetOperation::union_, false, query);
  }
  template <class Q>
  Self& union_all(const Q& query) {
    return combined(detail::SetOperation::union_, true, query);
  }
  template <class Q>
  Self& intersect(const Q& query) {
    return combined(detail::SetOperation::intersect, false, query);
  }
  template <class Q>
  Self& except(const Q& query) {
    return combined(detail::SetOperation::except, false, query);
  }

  /// A query under a name, which from() and joins take as a table.
  template <class Q>
  Self& with(std::string_view name, const Q& query, std::vector<std::string> columns = {}) {
    return with_table(name, query, std::move(columns), -1);
  }
  template <class Q>
  Self& with_materialized(std::string_view name, const Q& query,
                          std::vector<std::string> columns = {}) {
    return with_table(name, query, std::move(columns), 1);
  }
  template <class Q>
  Self& with_not_materialized(std::string_view name, const Q& query,
                              std::vector<std::string> columns = {}) {
    return with_table(name, query, std::move(columns), 0);
  }
  /// The query may be a union_all whose second part selects from `name`.
  template <class Q>
  Self& with_recursive(std::string_view name, const Q& query,
                       std::vector<std::string> columns = {}) {
    data_.with.recursive = true;
    return with_table(name, query, std::move(columns), -1);
  }

  /// Locks the rows until the transaction ends. PostgreSQL only: SQLite has no locks of rows; an
  /// interactive transaction has the whole database to itself there.
  Self& lock(LockStrength strength, LockWait wait = LockWait::wait,
             std::vector<std::string> of = {}) {
    data_.locks.push_back({strength, wait, std::move(of)});
    return self();
  }
  Self& for_update(LockWait wait = LockWait::wait) { return lock(LockStrength::update, wait); }
  Self& for_share(LockWait wait = LockWait::wait) { return lock(LockStrength::share, wait); }

  /// How many rows the query has without limit and offset.
  [[nodiscard]] Task<std::int64_t> count_rows(Executor& executor) const;

  /// This query as a part of another one: `f<…>.in(query)`, `exists(query)`, `from(query, "q")`.
  [[nodiscard]] Shared<const Payload> sub_query() const {
    return as_payload(static_cast<const Self&>(*this));
  }

 protected:
  void write(detail::QuerySink& out) const override { data_.write(out); }
  [[nodiscard]] detail::SelectData& data() { return data_; }
  [[nodiscard]] const detail::SelectData& data() const { return data_; }

 private:
  template <class Other>
  friend class SelectMethods;

  Self& self() { return static_cast<Self&>(*this); }

  static detail::Source named(TableName table, std::string_view alias) {
    return {std::move(table), nullptr, std::string{alias}};
  }
  template <class T>
  static detail::Source typed(TableName table, std::string_view alias) {
    table.set_type(&reflect::type_of<T>);
    return named(std::move(table), alias);
  }
  template <class Q>
  static detail::Source sub_query_source(const Q& query, std::string_view alias) {
    return {std::nullopt, query.sub_query(), std::string{alias}};
  }
  static OrderTerm order_term(OrderTerm term) { return term; }
  template <class T>
  requires(!std::is_convertible_v<const T&, OrderTerm>) static OrderTerm
      order_term(const T& expression) {
    return {Expression(expression), false};
  }

  Self& from_source(detail::Source source) {
    data_.sources.tables.push_back(std::move(source));
    return self();
  }
  template <class T>
  Self& joined(detail::JoinKind kind, std::string_view alias, Expression on) {
    return joined(kind, typed<T>(TableName{&reflect::type_of<T>}, alias), std::move(on));
  }
  Self& joined(detail::JoinKind kind, detail::Source source, Expression on, bool lateral = false) {
    data_.sources.add_join(kind, lateral, std::move(source), std::move(on));
    return self();
  }
  template <class Q>
  Self& combined(detail::SetOperation operation, bool all, const Q& query) {
    data_.branches.push_back({operation, all, query.sub_query(), query.data_.compound()});
    return self();
  }
  template <class Q>
  Self& with_table(std::string_view name, const Q& query, std::vector<std::string> columns,
                   signed char materialized) {
    data_.with.tables.push_back({std::string{name}, std::move(columns), as_payload(query),
                                 !detail::SubQuery<Q>, materialized});
    return self();
  }

  detail::SelectData data_;
};

/// A query that reads; see select().
class Select final : public SelectMethods<Select> {};

template <class Self>
Task<std::int64_t> SelectMethods<Self>::count_rows(Executor& executor) const {
  Self rows = static_cast<const Self&>(*this);
  rows.data_.limit.reset();
  rows.data_.offset.reset();
  rows.data_.order_by.clear();
  rows.data_.locks.clear();
  BoundSql sql = static_cast<const Query&>(rows).to_sql(executor.dialect());
  sql.text = "select count(*) from (" + sql.text + ") as \"rows\"";
  return detail::one<std::int64_t>(executor, std::move(sql), ExecuteOptions{});
}

extern template class SelectMethods<Select>;

/// `select(f<&Event::id>, count().as("n")).from<Event>("e")`; `select()` selects all columns.
template <class... Item>
[[nodiscard]] Select select(const Item&... items) {
  Select query;
  query.select(items...);
  return query;
}

/// Rows behind the one that has these values of the sort terms, for pages that continue where the
/// last one ended: NULLs where the terms sort them. As many values as terms; a NULL Value is NULL.
[[nodiscard]] Expression after(const std::vector<OrderTerm>& terms,
                               const std::vector<Value>& values);

}  // namespace roost::db
