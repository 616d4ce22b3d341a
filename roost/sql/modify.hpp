// insert_into, update, delete_from and truncate: writing with the query builder.
#pragma once

#include <roost/base/shared.hpp>
#include <roost/sql/assignment.hpp>
#include <roost/sql/query.hpp>
#include <roost/sql/select.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace roost::db {

namespace detail {

/// Appends views of the values, so the assignments live as long as the query.
void write_assignments(QuerySink& out, const std::vector<Assignment>& assignments);

template <class T>
[[nodiscard]] TableName table_of(TableName table) {
  table.set_type(&reflect::type_of<T>);
  return table;
}
template <class T>
[[nodiscard]] TableName table_of() {
  return TableName{&reflect::type_of<T>};
}

}  // namespace detail

/// The keyword DEFAULT, in values() and set(); PostgreSQL only.
[[nodiscard]] Expression default_value();

/// In what follows on_conflict: the column of the row that could not be inserted.
template <auto... Members>
[[nodiscard]] Expression excluded(Field<Members...> field) {
  return Expression::of(field.path(), "excluded");
}
[[nodiscard]] Expression excluded(std::string_view column);

/// `insert_into<Event>().columns(f<&Event::title>).values("…")`; see insert_into(). Each word
/// changes the query and returns it.
class Insert final : public Query {
 public:
  Insert(TableName table, std::string_view alias) : table_{std::move(table)}, alias_{alias} {}
  [[nodiscard]] bool may_write() const override { return true; }

  template <class... C>
  Insert& columns(const C&... columns) {
    (columns_.push_back(Column(columns)), ...);
    return *this;
  }
  /// One more row: as many values as columns. A missing optional and nullptr are NULL.
  template <class... T>
  Insert& values(const T&... row) {
    std::vector<Expression> made;
    made.reserve(sizeof...(T));
    (made.push_back(detail::assigned<detail::Anything>(row)), ...);
    return add_row(std::move(made));
  }
  /// One more row, of any length.
  Insert& add_row(std::vector<Expression> row);
  /// One more row: the fields of a struct with the names of the columns; without columns() all of
  /// them.
  template <class T>
  Insert& object(const T& row) {
    return add_object(reflect::type_of<T>(), &row);
  }
  /// One row of defaults.
  Insert& default_values();
  /// The rows of a query.
  template <detail::SubQuery Q>
  Insert& from_query(const Q& query) {
    query_ = query.sub_query();
    return *this;
  }
  template <class Q>
  Insert& with(std::string_view name, const Q& query, std::vector<std::string> columns = {}) {
    with_.tables.push_back(
        {std::string{name}, std::move(columns), as_payload(query), !detail::SubQuery<Q>, -1});
    return *this;
  }

  /// What to do when a row violates the unique constraint of these columns: followed by
  /// do_nothing, merge or set. Without columns: any constraint, for do_nothing.
  template <class... C>
  Insert& on_conflict(const C&... columns) {
    conflict_ = true;
    (target_.push_back(Column(columns)), ...);
    return *this;
  }
  /// The condition of the partial unique index that on_conflict means, without bound values:
  /// `index_where(sql("state = 'open'"))`.
  Insert& index_where(Expression condition);
  Insert& do_nothing();
  /// Overwrites the columns of the existing row; without arguments all that are inserted, except
  /// those of on_conflict.
  template <class... C>
  Insert& merge(const C&... columns) {
    action_ = Action::update;
    merge_all_ = sizeof...(C) == 0;
    (merged_.push_back(Column(columns)), ...);
    return *this;
  }
  /// Sets a column of the existing row: `set(f<&Counter::n>, f<&Counter::n> + 1)`.
  template <class C, class T>
  Insert& set(const C& column, const T& value) {
    action_ = Action::update;
    assignments_.push_back(detail::assignment(column, value));
    return *this;
  }
  /// Only existing rows that fulfil this are changed.
  Insert& update_where(Expression condition);

  template <class... Item>
  Insert& returning(const Item&... items) {
    (returning_.push_back(SelectItem(items)), ...);
    return *this;
  }

 protected:
  void write(detail::QuerySink& out) const override;

 private:
  enum class Action : std::uint8_t { none, nothing, update };

  Insert& add_object(const reflect::TypeDescriptor& type, const void* object);
  void write_rows(detail::QuerySink& out) const;
  void write_conflict(detail::QuerySink& out) const;
  /// Those that take the values of the row that could not be inserted.
  [[nodiscard]] std::vector<Column> merged_columns() const;

  TableName table_;
  std::string alias_;
  detail::WithClause with_;
  std::vector<Column> columns_;
  std::vector<Expression> values_;  // of all rows
  std::size_t row_size_ = 0;
  bool default_values_ = false;
  Shared<const Payload> query_;
  bool conflict_ = false;
  bool merge_all_ = false;
  Action action_ = Action::none;
  std::vector<Column> target_;
  std::vector<Column> merged_;
  Expression index_where_;
  Expression update_where_;
  std::vector<detail::Assignment> assignments_;
  std::vector<SelectItem> returning_;
};

/// `update<Event>("e").set(f<&Event::title>, "…").where(…)`; see update().
class Update final : public Query {
 public:
  Update(TableName table, std::string_view alias) : table_{std::move(table)}, alias_{alias} {}
  [[nodiscard]] bool may_write() const override { return true; }

  template <class C, class T>
  Update& set(const C& column, const T& value) {
    assignments_.push_back(detail::assignment(column, value));
    return *this;
  }
  /// Further tables whose columns may be used in set and where.
  template <class T>
  Update& from(std::string_view alias = {}) {
    from_.tables.push_back({detail::table_of<T>(), nullptr, std::string{alias}});
    return *this;
  }
  Update& from(TableName table, std::string_view alias = {});
  template <detail::SubQuery Q>
  Update& from(const Q& query, std::string_view alias) {
    from_.tables.push_back({std::nullopt, query.sub_query(), std::string{alias}});
    return *this;
  }
  template <class Q>
  Update& with(std::string_view name, const Q& query, std::vector<std::string> columns = {}) {
    with_.tables.push_back(
        {std::string{name}, std::move(columns), as_payload(query), !detail::SubQuery<Q>, -1});
    return *this;
  }
  /// Required, unless all_rows() is said: a condition that turned out empty would change them all.
  Update& where(Expression condition) {
    where_ &= std::move(condition);
    return *this;
  }
  Update& all_rows() {
    all_rows_ = true;
    return *this;
  }
  template <class... Item>
  Update& returning(const Item&... items) {
    (returning_.push_back(SelectItem(items)), ...);
    return *this;
  }

 protected:
  void write(detail::QuerySink& out) const override;

 private:
  TableName table_;
  std::string alias_;
  detail::WithClause with_;
  std::vector<detail::Assignment> assignments_;
  detail::Sources from_;
  Expression where_;
  bool all_rows_ = false;
  std::vector<SelectItem> returning_;
};

/// `delete_from<Event>("e").where(…)`; see delete_from().
class Delete final : public Query {
 public:
  Delete(TableName table, std::string_view alias) : table_{std::move(table)}, alias_{alias} {}
  [[nodiscard]] bool may_write() const override { return true; }

  /// Further tables whose columns may be used in where; PostgreSQL only.
  template <class T>
  Delete& using_table(std::string_view alias = {}) {
    using_.tables.push_back({detail::table_of<T>(), nullptr, std::string{alias}});
    return *this;
  }
  Delete& using_table(TableName table, std::string_view alias = {});
  template <class Q>
  Delete& with(std::string_view name, const Q& query, std::vector<std::string> columns = {}) {
    with_.tables.push_back(
        {std::string{name}, std::move(columns), as_payload(query), !detail::SubQuery<Q>, -1});
    return *this;
  }
  /// Required, unless all_rows() is said: a condition that turned out empty would delete them all.
  Delete& where(Expression condition) {
    where_ &= std::move(condition);
    return *this;
  }
  Delete& all_rows() {
    all_rows_ = true;
    return *this;
  }
  template <class... Item>
  Delete& returning(const Item&... items) {
    (returning_.push_back(SelectItem(items)), ...);
    return *this;
  }

 protected:
  void write(detail::QuerySink& out) const override;

 private:
  TableName table_;
  std::string alias_;
  detail::WithClause with_;
  detail::Sources using_;
  Expression where_;
  bool all_rows_ = false;
  std::vector<SelectItem> returning_;
};

/// `truncate("events")`: PostgreSQL only; elsewhere say delete_from("events").all_rows().
class Truncate final : public Query {
 public:
  explicit Truncate(TableName table) { tables_.push_back(std::move(table)); }
  [[nodiscard]] bool may_write() const override { return true; }

  Truncate& also(TableName table) {
    tables_.push_back(std::move(table));
    return *this;
  }
  Truncate& restart_identity() {
    restart_identity_ = true;
    return *this;
  }
  /// Also the tables that refer to these.
  Truncate& cascade() {
    cascade_ = true;
    return *this;
  }

 protected:
  void write(detail::QuerySink& out) const override;

 private:
  std::vector<TableName> tables_;
  bool restart_identity_ = false;
  bool cascade_ = false;
};

/// A class's table (see SelectMethods::from) or one by its name.
template <class T>
[[nodiscard]] Insert insert_into(std::string_view alias = {}) {
  return {detail::table_of<T>(), alias};
}
template <class T, std::same_as<TableName> Name>
[[nodiscard]] Insert insert_into(Name table, std::string_view alias = {}) {
  return {detail::table_of<T>(std::move(table)), alias};
}
[[nodiscard]] inline Insert insert_into(TableName table, std::string_view alias = {}) {
  return {std::move(table), alias};
}
template <class T>
[[nodiscard]] Update update(std::string_view alias = {}) {
  return {detail::table_of<T>(), alias};
}
template <class T, std::same_as<TableName> Name>
[[nodiscard]] Update update(Name table, std::string_view alias = {}) {
  return {detail::table_of<T>(std::move(table)), alias};
}
[[nodiscard]] inline Update update(TableName table, std::string_view alias = {}) {
  return {std::move(table), alias};
}
template <class T>
[[nodiscard]] Delete delete_from(std::string_view alias = {}) {
  return {detail::table_of<T>(), alias};
}
template <class T, std::same_as<TableName> Name>
[[nodiscard]] Delete delete_from(Name table, std::string_view alias = {}) {
  return {detail::table_of<T>(std::move(table)), alias};
}
[[nodiscard]] inline Delete delete_from(TableName table, std::string_view alias = {}) {
  return {std::move(table), alias};
}
[[nodiscard]] inline Truncate truncate(TableName table) { return Truncate{std::move(table)}; }

}  // namespace roost::db
