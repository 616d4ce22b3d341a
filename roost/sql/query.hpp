// What all queries of the builder have in common: rendering, and running on a database.
//
//     auto stats = co_await select(f<&Event::status>, count().as("n"))
//                               .from<Event>("e")
//                               .group_by(f<&Event::status>)
//                               .all<StatusStats>(database);
//
// Columns are said by member pointers (f<…>) or by names (column("e", "title")); names are quoted,
// values are bound. What a database cannot say throws UnsupportedError before anything is sent.
#pragma once

#include <roost/base/shared.hpp>
#include <roost/sql/assignment.hpp>
#include <roost/sql/driver.hpp>
#include <roost/sql/functions.hpp>
#include <roost/sql/raw_sql.hpp>
#include <roost/sql/render.hpp>

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace roost::db {

namespace detail {
class QuerySink;
}

/// The text of a query for one database with its own copies of the values.
struct BoundSql {
  std::string text;
  std::vector<ValueType> types;
  std::vector<Value> values;
  StatementKind kind = StatementKind::unknown;

  [[nodiscard]] Statement statement() const { return Statement{text, types, kind}; }
  [[nodiscard]] std::vector<ValueView> parameters() const;
};

namespace detail {

// They keep the BoundSql until they are done.
Task<Result> run(Executor& executor, BoundSql sql, ExecuteOptions options);
Task<RowStream> stream(Executor& executor, BoundSql sql, StreamOptions options);
Task<std::vector<std::string>> explain(Executor& executor, BoundSql sql);

template <class T>
Task<std::vector<T>> all(Executor& executor, BoundSql sql, ExecuteOptions options) {
  const Result result = co_await run(executor, std::move(sql), options);
  co_return read_rows<T>(result);
}
template <class T>
Task<T> one(Executor& executor, BoundSql sql, ExecuteOptions options) {
  std::vector<T> rows = co_await all<T>(executor, std::move(sql), options);
  if (rows.size() != 1) throw_row_count(rows.size(), "exactly one row");
  co_return static_cast<T>(std::move(rows.front()));
}
template <class T>
Task<std::optional<T>> optional(Executor& executor, BoundSql sql, ExecuteOptions options) {
  std::vector<T> rows = co_await all<T>(executor, std::move(sql), options);
  if (rows.size() > 1) throw_row_count(rows.size(), "one row at most");
  std::optional<T> found;
  if (!rows.empty()) found.emplace(std::move(rows.front()));
  co_return found;
}

}  // namespace detail

/// A query as data. Nothing is sent before one of the functions with an Executor is awaited; these
/// render at once, so the query itself may end before the task does.
class Query {
 public:
  virtual ~Query() = default;

  /// Appends the text and the types of its placeholders; throws UnsupportedError, UsageError.
  void render(Renderer& renderer) const;
  /// The bound values in the order of the placeholders. Views into this object.
  void append_values(std::vector<ValueView>& out) const;
  /// What the functions below run. A builder with a resolver of its own overrides it.
  [[nodiscard]] virtual BoundSql to_sql(const Dialect& dialect) const;
  /// The columns of paths as the resolver says.
  [[nodiscard]] BoundSql to_sql(const Dialect& dialect, PathResolver& resolver) const;
  /// A text that two queries share only if they render to the same SQL.
  void append_shape(std::string& out) const;
  [[nodiscard]] virtual bool may_write() const = 0;

  // Running. T: a struct (columns by name), a std::tuple (by position), or a scalar.

  template <class T>
  [[nodiscard]] Task<std::vector<T>> all(Executor& executor, ExecuteOptions options = {}) const {
    return detail::all<T>(executor, to_sql(executor.dialect()), options);
  }
  /// Throws UsageError unless there is exactly one row.
  template <class T>
  [[nodiscard]] Task<T> one(Executor& executor, ExecuteOptions options = {}) const {
    return detail::one<T>(executor, to_sql(executor.dialect()), options);
  }
  /// Throws UsageError when there are several rows.
  template <class T>
  [[nodiscard]] Task<std::optional<T>> optional(Executor& executor,
                                                ExecuteOptions options = {}) const {
    return detail::optional<T>(executor, to_sql(executor.dialect()), options);
  }
  /// Rows and affected_rows() as the driver gives them.
  [[nodiscard]] Task<Result> execute(Executor& executor, ExecuteOptions options = {}) const {
    return detail::run(executor, to_sql(executor.dialect()), options);
  }
  [[nodiscard]] Task<RowStream> stream(Executor& executor, StreamOptions options = {}) const {
    return detail::stream(executor, to_sql(executor.dialect()), options);
  }
  /// The database's plan, line by line; the query is not run.
  [[nodiscard]] Task<std::vector<std::string>> explain(Executor& executor) const;

 protected:
  Query() = default;
  Query(const Query&) = default;
  Query(Query&&) = default;
  Query& operator=(const Query&) = default;
  Query& operator=(Query&&) = default;

  friend class QueryPayload;
  virtual void write(detail::QuerySink& out) const = 0;
};

/// A query within another one.
class QueryPayload final : public Payload {
 public:
  explicit QueryPayload(Shared<const Query> query) : query_{std::move(query)} {}

  void render(Renderer& renderer) const override;
  void append_shape(std::string& out) const override;
  void append_values(std::vector<ValueView>& out) const override;
  [[nodiscard]] bool may_write() const override { return query_->may_write(); }

 private:
  Shared<const Query> query_;
};

/// A copy of the query as a part of another one.
template <std::derived_from<Query> Q>
[[nodiscard]] Shared<const Payload> as_payload(const Q& query) {
  return Shared<const QueryPayload>::make(Shared<const Q>::make(query));
}

/// A table by its name, which is quoted: `table("events")`, `table("audit", "events")`.
class TableName {
 public:
  TableName(const char* name) : name_{name} {}
  TableName(std::string name) : name_{std::move(name)} {}
  TableName(std::string_view name) : name_{name} {}
  TableName(std::string_view schema, std::string_view name) : schema_{schema}, name_{name} {}
  /// The table of a class.
  explicit TableName(reflect::TypeRef of) : type_{of} {}

  void write(detail::QuerySink& out) const;
  /// The class whose table it is, or null.
  [[nodiscard]] reflect::TypeRef type() const { return type_; }
  void set_type(reflect::TypeRef of) { type_ = of; }

 private:
  std::string schema_;
  std::string name_;
  reflect::TypeRef type_ = nullptr;
};
[[nodiscard]] inline TableName table(std::string_view name) { return TableName{name}; }
[[nodiscard]] inline TableName table(std::string_view schema, std::string_view name) {
  return {schema, name};
}

namespace detail {

/// `with name (columns) as materialized (query)`
struct CommonTable {
  std::string name;
  std::vector<std::string> columns;
  Shared<const Payload> query;
  bool writes = false;
  signed char materialized = -1;  // 0: not, 1: materialized, -1: as the database likes
};
struct WithClause {
  std::vector<CommonTable> tables;
  bool recursive = false;

  void write(QuerySink& out) const;
  [[nodiscard]] bool may_write() const;
};

/// What rows come from.
struct Source {
  std::optional<TableName> table;
  Shared<const Payload> query;  // else
  std::string alias;

  void write(QuerySink& out) const;
};

enum class JoinKind : std::uint8_t { inner, left, right, full, cross };
struct Join {
  JoinKind kind = JoinKind::inner;
  bool lateral = false;
  Source source;
  Expression on;
};

/// FROM and what it joins.
struct Sources {
  std::vector<Source> tables;
  std::vector<Join> joins;

  void add_join(JoinKind kind, bool lateral, Source source, Expression on);
  void append_aliases(std::vector<TableAlias>& out) const;
  void write(QuerySink& out) const;
};

void write_items(QuerySink& out, const std::vector<SelectItem>& items);
void write_expressions(QuerySink& out, const std::vector<Expression>& expressions);
void write_returning(QuerySink& out, const std::vector<SelectItem>& items);

}  // namespace detail
}  // namespace roost::db
