// Writing with the query builder.
#include <roost/sql/detail/query_sink.hpp>
#include <roost/sql/errors.hpp>
#include <roost/sql/modify.hpp>

#include <algorithm>

namespace roost::db {

namespace {

/// Stands for the existing row in ON CONFLICT … DO UPDATE, where a bare column is ambiguous.
constexpr std::string_view existing_row = "existing";

void append_alias(std::vector<TableAlias>& out, const TableName& table, std::string_view alias) {
  if (table.type() != nullptr) out.push_back({table.type(), alias});
}

/// The only table is meant: no alias, which SQLite does not take everywhere.
void write_returning_of(detail::QuerySink& out, const TableName& table, std::string_view alias,
                        const std::vector<SelectItem>& items) {
  std::vector<TableAlias> aliases;
  append_alias(aliases, table, alias);
  out.enter(aliases);
  detail::write_returning(out, items);
  out.leave();
}

void write_condition(detail::QuerySink& out, const Expression& where, bool all_rows,
                     std::string_view statement) {
  if (where.empty()) {
    if (all_rows) return;
    throw UsageError(std::string{statement} +
                     " without a condition: say all_rows() if every row is meant");
  }
  out.text(" where ");
  out.expression(where);
}

}  // namespace

Expression default_value() {
  detail::Node node;
  node.op = Op::default_value;
  return Expression::over(node, {});
}

Expression excluded(std::string_view name) { return column("excluded", name); }

namespace detail {

void write_assignments(QuerySink& out, const std::vector<Assignment>& assignments) {
  bool first = true;
  for (const Assignment& assignment : assignments) {
    if (!first) out.text(", ");
    first = false;
    assignment.column.write(out);
    out.text(" = ");
    const Path* path = assignment.column.path();
    const std::string_view around = path == nullptr || out.renderer() == nullptr
                                        ? std::string_view{}
                                        : out.renderer()->resolver().written_as(*path);
    const std::size_t hole = around.find("{}");
    if (hole == std::string_view::npos) {
      out.expression(assignment.value);
    } else {
      out.text(around.substr(0, hole));
      out.expression(assignment.value);
      out.text(around.substr(hole + 2));
    }
  }
}

}  // namespace detail

// INSERT.

Insert& Insert::add_row(std::vector<Expression> row) {
  if (row.empty()) throw UsageError("a row to insert has no values: say default_values()");
  if (row_size_ != 0 && row.size() != row_size_) {
    throw UsageError("a row to insert has " + std::to_string(row.size()) +
                     " values, the rows before it have " + std::to_string(row_size_));
  }
  row_size_ = row.size();
  for (Expression& value : row) values_.push_back(std::move(value));
  return *this;
}

Insert& Insert::add_object(const reflect::TypeDescriptor& type, const void* object) {
  if (type.kind != reflect::TypeKind::object) {
    throw UsageError("object() takes a struct, not " + std::string{type.name});
  }
  const auto value_of = [&](const reflect::FieldDescriptor& field) {
    const Codec codec = codec_of(field.type());
    return Expression::value(to_value(codec, static_cast<const std::byte*>(object) + field.offset));
  };
  std::vector<Expression> row;
  if (columns_.empty()) {
    for (const reflect::FieldDescriptor& field : type.object->fields) {
      columns_.emplace_back(snake_case(field.name));
      row.push_back(value_of(field));
    }
    return add_row(std::move(row));
  }
  for (const Column& column : columns_) {
    const auto is_column = [&](const reflect::FieldDescriptor& field) {
      return column.path() != nullptr ? field.name == column.path()->first->member
                                      : snake_case(field.name) == column.name();
    };
    const auto field =
        std::find_if(type.object->fields.begin(), type.object->fields.end(), is_column);
    if (field == type.object->fields.end()) {
      throw UsageError(std::string{type.name} + " has no field for a column of the INSERT");
    }
    row.push_back(value_of(*field));
  }
  return add_row(std::move(row));
}

Insert& Insert::default_values() {
  default_values_ = true;
  return *this;
}

Insert& Insert::index_where(Expression condition) {
  index_where_ &= std::move(condition);
  return *this;
}

Insert& Insert::do_nothing() {
  conflict_ = true;
  action_ = Action::nothing;
  return *this;
}

Insert& Insert::update_where(Expression condition) {
  update_where_ &= std::move(condition);
  return *this;
}

std::vector<Column> Insert::merged_columns() const {
  std::vector<Column> merged = merged_;
  if (!merge_all_) return merged;
  for (const Column& column : columns_) {
    const auto same = [&](const Column& other) { return column.same_as(other); };
    if (std::none_of(target_.begin(), target_.end(), same)) merged.push_back(column);
  }
  return merged;
}

void Insert::write(detail::QuerySink& out) const {
  const std::string_view alias =
      alias_.empty() && action_ == Action::update ? existing_row : std::string_view{alias_};
  with_.write(out);
  out.text("insert into ");
  table_.write(out);
  if (!alias.empty()) {
    out.text(" as ");
    out.name(alias);
  }
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    out.text(i == 0 ? " (" : ", ");
    columns_[i].write(out);
  }
  if (!columns_.empty()) out.text(")");
  write_rows(out);
  std::vector<TableAlias> aliases;
  append_alias(aliases, table_, alias);
  out.enter(aliases);
  write_conflict(out);
  out.leave();
  write_returning_of(out, table_, {}, returning_);
}

void Insert::write_rows(detail::QuerySink& out) const {
  const int forms =
      (query_ != nullptr ? 1 : 0) + (default_values_ ? 1 : 0) + (row_size_ != 0 ? 1 : 0);
  if (forms != 1) {
    throw UsageError(
        "an INSERT takes its rows from one of values(), object(), default_values() "
        "and from_query()");
  }
  if (default_values_) {
    if (!columns_.empty()) throw UsageError("default_values() takes no columns()");
    if (out.is_sqlite() && conflict_) {
      out.refuse("ON CONFLICT after DEFAULT VALUES", "name a column and its value");
    }
    return out.text(" default values");
  }
  if (query_ != nullptr) {
    // SQLite would read the ON of `… from t on conflict …` as a join's.
    const bool wrap = out.is_sqlite() && conflict_;
    out.text(wrap ? " select * from (" : " ");
    out.payload(*query_);
    if (wrap) out.text(") where true");
    return;
  }
  if (!columns_.empty() && columns_.size() != row_size_) {
    throw UsageError("an INSERT has " + std::to_string(columns_.size()) + " columns and rows of " +
                     std::to_string(row_size_) + " values");
  }
  for (std::size_t i = 0; i < values_.size(); ++i) {
    out.text(i == 0 ? " values (" : i % row_size_ == 0 ? "), (" : ", ");
    out.expression(values_[i]);
  }
  out.text(")");
}

void Insert::write_conflict(detail::QuerySink& out) const {
  if (!conflict_) {
    if (action_ != Action::none)
      throw UsageError("merge() and set() of an INSERT need on_conflict()");
    return;
  }
  if (action_ == Action::none) {
    throw UsageError("on_conflict() must be followed by do_nothing(), merge() or set()");
  }
  out.text(" on conflict");
  for (std::size_t i = 0; i < target_.size(); ++i) {
    out.text(i == 0 ? " (" : ", ");
    target_[i].write(out);
  }
  if (!target_.empty()) out.text(")");
  if (!index_where_.empty()) {
    std::vector<ValueView> values;
    index_where_.append_values(values);
    if (!values.empty()) {
      throw UsageError(
          "index_where() takes no values: a database knows a partial index by the text of its "
          "condition. Write that: index_where(sql(\"state = 'open'\")), or compare with nullptr");
    }
    out.text(" where ");
    out.expression(index_where_);
  }
  if (action_ == Action::nothing) return out.text(" do nothing");
  if (target_.empty()) {
    throw UsageError("on_conflict() needs the columns of a unique constraint to merge() or set()");
  }
  const std::vector<Column> merged = merged_columns();
  if (merged.empty() && assignments_.empty()) return out.text(" do nothing");
  out.text(" do update set ");
  bool first = true;
  for (const Column& column : merged) {
    if (!first) out.text(", ");
    first = false;
    column.write(out);
    out.text(" = \"excluded\".");
    column.write(out);
  }
  if (!first && !assignments_.empty()) out.text(", ");
  detail::write_assignments(out, assignments_);
  if (!update_where_.empty()) {
    out.text(" where ");
    out.expression(update_where_);
  }
}

// UPDATE.

Update& Update::from(TableName table, std::string_view alias) {
  from_.tables.push_back({std::move(table), nullptr, std::string{alias}});
  return *this;
}

void Update::write(detail::QuerySink& out) const {
  if (assignments_.empty()) throw UsageError("an UPDATE sets no column");
  with_.write(out);
  out.text("update ");
  table_.write(out);
  if (!alias_.empty()) {
    out.text(" as ");
    out.name(alias_);
  }
  std::vector<TableAlias> aliases;
  from_.append_aliases(aliases);
  append_alias(aliases, table_, alias_);
  out.enter(aliases);
  out.text(" set ");
  detail::write_assignments(out, assignments_);
  if (!from_.tables.empty()) {
    out.text(" from ");
    from_.write(out);
  }
  write_condition(out, where_, all_rows_, "UPDATE");
  out.leave();
  write_returning_of(out, table_, from_.tables.empty() ? std::string_view{} : alias_, returning_);
}

// DELETE.

Delete& Delete::using_table(TableName table, std::string_view alias) {
  using_.tables.push_back({std::move(table), nullptr, std::string{alias}});
  return *this;
}

void Delete::write(detail::QuerySink& out) const {
  with_.write(out);
  out.text("delete from ");
  table_.write(out);
  if (!alias_.empty()) {
    out.text(" as ");
    out.name(alias_);
  }
  std::vector<TableAlias> aliases;
  using_.append_aliases(aliases);
  append_alias(aliases, table_, alias_);
  out.enter(aliases);
  if (!using_.tables.empty()) {
    if (out.is_sqlite()) out.refuse("USING in DELETE", "use in() or exists() with a sub-query");
    out.text(" using ");
    using_.write(out);
  }
  write_condition(out, where_, all_rows_, "DELETE");
  out.leave();
  write_returning_of(out, table_, using_.tables.empty() ? std::string_view{} : alias_, returning_);
}

// TRUNCATE.

void Truncate::write(detail::QuerySink& out) const {
  if (out.is_sqlite()) out.refuse("TRUNCATE", "use delete_from(…).all_rows()");
  out.text("truncate ");
  for (std::size_t i = 0; i < tables_.size(); ++i) {
    if (i > 0) out.text(", ");
    tables_[i].write(out);
  }
  if (restart_identity_) out.text(" restart identity");
  if (cascade_) out.text(" cascade");
}

}  // namespace roost::db
