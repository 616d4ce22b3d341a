// Writing without the unit of work: upserts, many rows at once, updates and deletes by condition.
#include <roost/base/timestamp.hpp>
#include <roost/orm/detail/column_access.hpp>
#include <roost/orm/detail/hydrator.hpp>
#include <roost/orm/detail/select_builder.hpp>
#include <roost/orm/detail/session.hpp>
#include <roost/orm/errors.hpp>
#include <roost/orm/query_builder.hpp>
#include <roost/sql/modify.hpp>

#include <algorithm>

namespace roost::orm::detail {

using db::ValueType;
using db::ValueView;

namespace {

/// The columns of the unique key that decides whether the row is there: those that are named, or
/// the key if it is given, or the first unique of the class.
std::vector<std::uint16_t> conflict_columns(const Record& record, const MemberNames& members) {
  const EntityMetadata& entity = *record.metadata;
  if (members.count == 0) {
    if (has_key(record) && entity.identity_column == EntityMetadata::none) {
      return entity.primary_key;
    }
    if (entity.identity_column != EntityMetadata::none) {
      db::Scratch scratch;
      const ColumnMetadata& key = entity.columns[entity.identity_column];
      if (bind_column(key, record, scratch).integer() != 0) return entity.primary_key;
    }
    if (entity.uniques.empty()) {
      throw UsageError("upsert of " + std::string{entity.name} +
                       ": there is neither a key nor a unique<…>() to recognise the row by");
    }
    return entity.uniques.front().columns;
  }
  std::vector<std::uint16_t> columns;
  for (const std::string_view member : members) {
    for (const ColumnMetadata& column : entity.columns) {
      if (column.members.size() == 1 && column.members.front() == member) {
        columns.push_back(column.index);
      }
    }
  }
  return columns;
}

void add_names(const db::Dialect& dialect, std::string& text,
               const std::vector<const ColumnMetadata*>& columns) {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (i > 0) text += ", ";
    dialect.append_identifier(text, columns[i]->name);
  }
}

}  // namespace

Task<void*> Session::upsert(const EntityMetadata& entity, void* source, MemberNames members) {
  Record& made = create(entity, source, false);
  const db::Dialect& dialect = executor().dialect();
  const std::vector<std::uint16_t> conflict = conflict_columns(made, members);
  const ValueView now = ValueView::timestamp(Timestamp::now().milliseconds_since_epoch() * 1000);
  std::string text = "insert into ";
  if (!entity.schema_name.empty() && dialect.supports(db::Feature::schemas)) {
    dialect.append_identifier(text, entity.schema_name);
    text += '.';
  }
  dialect.append_identifier(text, entity.table);
  std::vector<const ColumnMetadata*> columns;
  std::vector<ValueView> values;
  std::vector<ValueType> types;
  db::Scratch scratch;
  for (const ColumnMetadata& column : entity.columns) {
    if (column.computed) continue;
    ValueView value = bind_column(column, made, scratch);
    if (column.identity && value.integer() == 0) continue;
    if (!column.server_default.empty() && value.is_null()) continue;
    const bool time =
        column.role == ColumnRole::creation_time || column.role == ColumnRole::update_time;
    if (time && (value.is_null() || value.integer() == 0)) value = now;
    if (column.role == ColumnRole::version && value.integer() == 0) value = ValueView::int64(1);
    columns.push_back(&column);
    values.push_back(value);
    types.push_back(column.value_type);
  }
  text += " (";
  add_names(dialect, text, columns);
  text += ") values (";
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (i > 0) text += ", ";
    dialect.append_placeholder(text, i + 1);
  }
  text += ") on conflict (";
  std::vector<const ColumnMetadata*> key;
  for (const std::uint16_t index : conflict) key.push_back(&entity.columns[index]);
  add_names(dialect, text, key);
  text += ") do update set ";
  bool first = true;
  for (const ColumnMetadata* column : columns) {
    if (column->in_primary_key || column->role == ColumnRole::creation_time) continue;
    if (std::find(key.begin(), key.end(), column) != key.end() && columns.size() > key.size()) {
      continue;
    }
    if (!first) text += ", ";
    first = false;
    dialect.append_identifier(text, column->name);
    text += " = ";
    if (column->role == ColumnRole::version) {
      dialect.append_identifier(text, entity.table);
      text += '.';
      dialect.append_identifier(text, column->name);
      text += " + 1";
    } else {
      text += "excluded.";
      dialect.append_identifier(text, column->name);
    }
  }
  if (first) {
    // Nothing but the key: touch it, so that the row is returned.
    dialect.append_identifier(text, key.front()->name);
    text += " = excluded.";
    dialect.append_identifier(text, key.front()->name);
  }
  text += " returning ";
  const std::vector<const ColumnMetadata*> selected = SelectBuilder::selected(entity);
  for (std::size_t i = 0; i < selected.size(); ++i) {
    if (i > 0) text += ", ";
    if (selected[i]->formula.empty()) {
      dialect.append_identifier(text, selected[i]->name);
    } else {
      text += '(' + selected[i]->formula + ')';
    }
  }
  for (std::size_t i = 0; i < entity.keyed_relations().size(); ++i) text += ", null";
  const db::Statement statement{text, types, db::StatementKind::write};
  const db::Result result = co_await executor().execute(statement, values);
  made.state = RecordState::detached;
  Hydrator hydrator{*this, entity, 0, false, true};
  Record* record = hydrator.read(result, 0);
  co_return record->entity();
}

Task<void> Session::insert_rows(const EntityMetadata& entity, std::vector<void*> rows) {
  // A session of its own, so that nothing of this one is written along and nothing is kept.
  Session writer{source_};
  writer.outer_ = &executor();
  for (void* row : rows) writer.create(entity, row, true);
  Task<void> flushing = writer.flush();
  co_await std::move(flushing);
  std::size_t position = 0;
  for (Record* record = writer.first_; record != nullptr; record = record->next) {
    if (position == rows.size() || record->metadata != &entity) continue;
    entity.type->move_assign(rows[position++], record->entity());
  }
}

Task<std::uint64_t> Session::update_where(reflect::TypeRef type, Expression condition,
                                          std::vector<db::detail::Assignment> assignments) {
  const EntityMetadata& entity = metadata().of(type());
  db::Update update{db::TableName{type}, {}};
  for (const db::detail::Assignment& assignment : assignments) {
    update.set(assignment.column, assignment.value);
  }
  const auto is_set = [&](std::uint16_t index) {
    const std::string_view member = entity.columns[index].members.front();
    return std::any_of(assignments.begin(), assignments.end(), [&](const auto& assignment) {
      return assignment.column.path() != nullptr &&
             assignment.column.path()->steps().front().member == member;
    });
  };
  // What other managers have read of these rows is not what they are any more.
  if (entity.version_column != EntityMetadata::none && !is_set(entity.version_column)) {
    const std::string_view names[] = {entity.columns[entity.version_column].name};
    update.set(entity.columns[entity.version_column].name, Expression::column(names) + 1);
  }
  if (entity.update_column != EntityMetadata::none && !is_set(entity.update_column)) {
    update.set(entity.columns[entity.update_column].name, Timestamp::now());
  }
  if (condition.empty()) {
    update.all_rows();
  } else {
    update.where(std::move(condition));
  }
  db::BoundSql sql = bind_query(*this, update);
  const std::vector<ValueView> parameters = sql.parameters();
  const db::Result result = co_await executor().execute(sql.statement(), parameters);
  co_return result.affected_rows();
}

Task<std::uint64_t> Session::delete_where(reflect::TypeRef type, Expression condition) {
  db::Delete query{db::TableName{type}, {}};
  if (condition.empty()) {
    query.all_rows();
  } else {
    query.where(std::move(condition));
  }
  db::BoundSql sql = bind_query(*this, query);
  const std::vector<ValueView> parameters = sql.parameters();
  const db::Result result = co_await executor().execute(sql.statement(), parameters);
  co_return result.affected_rows();
}

}  // namespace roost::orm::detail
