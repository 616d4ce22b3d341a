// Writing without the unit of work: upserts, many rows at once, updates and deletes by condition.
#include <roost/base/timestamp.hpp>
#include <roost/orm/detail/column_access.hpp>
#include <roost/orm/detail/hydrator.hpp>
#include <roost/orm/detail/select_builder.hpp>
#include <roost/orm/detail/session.hpp>
#include <roost/orm/detail/table_names.hpp>
#include <roost/orm/errors.hpp>
#include <roost/orm/query_builder.hpp>
#include <roost/sql/batch.hpp>
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

/// Rows with the same columns, which go into one statement.
struct UpsertGroup {
  std::vector<const ColumnMetadata*> columns;
  std::vector<std::size_t> rows;  // by position in what is upserted
  std::vector<ValueView> values;
  std::vector<ValueType> types;
  std::string text;
};

class UpsertWriter {
 public:
  UpsertWriter(const db::Dialect& dialect, const EntityMetadata& entity, std::string_view schema)
      : dialect_{dialect}, entity_{entity}, schema_{schema} {
    if (entity.joined) {
      throw UsageError("upsert of " + std::string{entity.name} +
                       ": its rows stand in several tables; find it, change it and flush");
    }
  }

  /// `add` each row, then `finish`.
  void add(const Record& made, std::size_t position) {
    std::vector<const ColumnMetadata*> columns;
    std::vector<ValueView> values;
    for (const ColumnMetadata& column : entity_.columns) {
      if (column.computed) continue;
      ValueView value = bind_column(column, made, scratch_);
      if (column.identity && value.integer() == 0) continue;
      if (!column.server_default.empty() && value.is_null()) continue;
      const bool time =
          column.role == ColumnRole::creation_time || column.role == ColumnRole::update_time;
      if (time && (value.is_null() || value.integer() == 0)) value = now_;
      if (column.role == ColumnRole::version && value.integer() == 0) value = ValueView::int64(1);
      columns.push_back(&column);
      values.push_back(value);
    }
    const auto fits = [&](const UpsertGroup& group) {
      return group.columns == columns && group.rows.size() < 300 &&
             group.values.size() + values.size() <= dialect_.max_parameters();
    };
    auto group = std::find_if(groups_.begin(), groups_.end(), fits);
    if (group == groups_.end()) {
      groups_.emplace_back().columns = columns;
      group = groups_.end() - 1;
    }
    group->rows.push_back(position);
    for (std::size_t i = 0; i < values.size(); ++i) {
      group->values.push_back(values[i]);
      group->types.push_back(columns[i]->value_type);
    }
  }

  /// Writes the statements. `updates`: else a row that is there already stays as it is.
  void finish(const std::vector<std::uint16_t>& conflict, bool updates) {
    for (const std::uint16_t index : conflict) key_.push_back(&entity_.columns[index]);
    for (UpsertGroup& group : groups_) {
      write_rows(group);
      group.text += updates ? ") do update set " : ") do nothing";
      if (updates) write_updates(group);
      write_returning(group);
    }
  }

  [[nodiscard]] std::vector<UpsertGroup>& groups() { return groups_; }

 private:
  void write_rows(UpsertGroup& group) {
    std::string& text = group.text;
    text = "insert into ";
    append_table(dialect_, entity_, schema_, text);
    text += " (";
    add_names(dialect_, text, group.columns);
    text += ") values ";
    std::size_t placeholder = 0;
    for (std::size_t row = 0; row < group.rows.size(); ++row) {
      text += row == 0 ? "(" : ", (";
      for (std::size_t i = 0; i < group.columns.size(); ++i) {
        if (i > 0) text += ", ";
        std::string value;
        dialect_.append_placeholder(value, ++placeholder);
        group.columns[i]->append_written(value, text);
      }
      text += ')';
    }
    text += " on conflict (";
    add_names(dialect_, text, key_);
  }

  void write_updates(UpsertGroup& group) {
    std::string& text = group.text;
    bool first = true;
    for (const ColumnMetadata* column : group.columns) {
      if (column->in_primary_key || column->role == ColumnRole::creation_time) continue;
      if (std::find(key_.begin(), key_.end(), column) != key_.end() &&
          group.columns.size() > key_.size()) {
        continue;
      }
      if (!first) text += ", ";
      first = false;
      dialect_.append_identifier(text, column->name);
      text += " = ";
      if (column->role == ColumnRole::version) {
        dialect_.append_identifier(text, entity_.table);
        text += '.';
        dialect_.append_identifier(text, column->name);
        text += " + 1";
      } else {
        text += "excluded.";
        dialect_.append_identifier(text, column->name);
      }
    }
    if (!first) return;
    // Nothing but the key: touch it, so that the row is returned.
    dialect_.append_identifier(text, key_.front()->name);
    text += " = excluded.";
    dialect_.append_identifier(text, key_.front()->name);
  }

  void write_returning(UpsertGroup& group) {
    std::string& text = group.text;
    text += " returning ";
    const std::vector<const ColumnMetadata*> selected = SelectBuilder::selected(entity_);
    for (std::size_t i = 0; i < selected.size(); ++i) {
      if (i > 0) text += ", ";
      if (selected[i]->formula.empty()) {
        std::string name;
        dialect_.append_identifier(name, selected[i]->name);
        selected[i]->append_read(name, text);
      } else {
        text += '(' + selected[i]->formula + ')';
      }
    }
    for (std::size_t i = 0; i < entity_.keyed_relations().size(); ++i) text += ", null";
  }

  const db::Dialect& dialect_;
  const EntityMetadata& entity_;
  std::string_view schema_;
  db::Scratch scratch_;
  ValueView now_ = ValueView::timestamp(Timestamp::now().milliseconds_since_epoch() * 1000);
  std::vector<const ColumnMetadata*> key_;
  std::vector<UpsertGroup> groups_;
};

bool same_in(const std::vector<std::uint16_t>& columns, const Record& a, const Record& b) {
  db::Scratch scratch;
  return std::all_of(columns.begin(), columns.end(), [&](std::uint16_t index) {
    const ColumnMetadata& column = a.metadata->columns[index];
    return same_value(column, bind_column(column, a, scratch), bind_column(column, b, scratch));
  });
}

}  // namespace

Task<std::vector<void*>> Session::upsert(const EntityMetadata& entity, std::vector<void*> sources,
                                         MemberNames members) {
  std::vector<void*> entities(sources.size(), nullptr);
  if (sources.empty()) co_return entities;
  UpsertWriter writer{executor().dialect(), entity, schema_};
  std::vector<Record*> made;
  for (void* source : sources) {
    made.push_back(&create(entity, source, false));
    writer.add(*made.back(), made.size() - 1);
  }
  const std::vector<std::uint16_t> conflict = conflict_columns(*made.front(), members);
  writer.finish(conflict, true);
  // What was given is the row now, not an entity that waits.
  for (Record* record : made) record->state = RecordState::detached;
  std::vector<db::Result> results;
  if (writer.groups().size() == 1) {
    const UpsertGroup& only = writer.groups().front();
    const db::Statement statement{only.text, only.types, db::StatementKind::write};
    db::Result result = co_await write(statement, only.values);
    results.push_back(std::move(result));
  } else {
    db::Batch batch;
    for (const UpsertGroup& group : writer.groups()) {
      const db::Statement statement{group.text, group.types, db::StatementKind::write};
      batch.add(statement, group.values);
    }
    results = co_await write(batch);
  }
  Hydrator hydrator{*this, entity, entity.read_columns, 0, false, true};
  for (std::size_t i = 0; i < results.size(); ++i) {
    const std::vector<std::size_t>& rows = writer.groups()[i].rows;
    for (std::size_t row = 0; row < results[i].row_count(); ++row) {
      Record* record = hydrator.read(results[i], row);
      // The database may return them in another order than they were given.
      std::size_t position = rows[row];
      if (entities[position] != nullptr || !same_in(conflict, *made[position], *record)) {
        for (const std::size_t candidate : rows) {
          if (entities[candidate] == nullptr && same_in(conflict, *made[candidate], *record)) {
            position = candidate;
          }
        }
      }
      entities[position] = record->entity();
    }
  }
  co_return entities;
}

Task<void*> Session::insert_or_find(const EntityMetadata& entity, void* source,
                                    MemberNames members) {
  UpsertWriter writer{executor().dialect(), entity, schema_};
  Record& made = create(entity, source, false);
  writer.add(made, 0);
  const std::vector<std::uint16_t> conflict = conflict_columns(made, members);
  writer.finish(conflict, false);
  made.state = RecordState::detached;
  const UpsertGroup& only = writer.groups().front();
  const db::Statement statement{only.text, only.types, db::StatementKind::write};
  const db::Result result = co_await write(statement, only.values);
  if (!result.empty()) {
    Hydrator hydrator{*this, entity, entity.read_columns, 0, false, true};
    co_return hydrator.read(result, 0)->entity();
  }
  SelectBuilder builder{executor().dialect(), metadata(), entity, schema_};
  std::vector<std::string> names;
  std::vector<const ColumnMetadata*> types;
  std::vector<ValueView> values;
  db::Scratch scratch;
  for (const std::uint16_t index : conflict) {
    types.push_back(&entity.columns[index]);
    names.push_back(builder.column_of(0, types.back()->name));
    values.push_back(bind_column(*types.back(), made, scratch));
  }
  builder.add_key_condition(names, types, 1);
  const std::string text = builder.select();
  const db::Statement finding{text, builder.types(), db::StatementKind::unknown};
  const db::Result found = co_await executor().execute(finding, values);
  if (found.empty()) {
    throw NotFoundError(name_of(made) + ": another row stands in its way, but was removed, or is " +
                        "not seen, before it could be read");
  }
  Hydrator hydrator{*this, entity, entity.read_columns, builder.nodes().front().first_column,
                    false, true};
  co_return hydrator.read(found, 0)->entity();
}

Task<void> Session::insert_rows(const EntityMetadata& entity, std::vector<void*> rows) {
  // A session of its own, so that nothing of this one is written along and nothing is kept.
  Session writer{source_};
  writer.outer_ = &executor();
  writer.schema_ = schema_;
  for (void* row : rows) writer.create(entity, row, true);
  Task<void> flushing = writer.flush();
  co_await std::move(flushing);
  std::size_t position = 0;
  for (Record* record = writer.first_; record != nullptr; record = record->next) {
    if (position == rows.size() || record->metadata != &entity) continue;
    entity.type->move_assign(rows[position++], record->entity());
  }
}

/// The rows of the class that the filters leave, and the condition.
Expression Session::bulk_condition(const reflect::TypeDescriptor& type, Expression condition,
                                   const FilterChoice& choice) {
  condition = std::move(condition) && class_condition(*this, type, "");
  for (const Filter* filter : filters_of(metadata().of(type), choice)) {
    condition = std::move(condition) && filter->condition;
  }
  return condition;
}

Task<std::uint64_t> Session::update_where(reflect::TypeRef type, Expression condition,
                                          BulkOptions options) {
  const EntityMetadata& entity = metadata().of(type());
  const std::vector<db::detail::Assignment>& assignments = options.assignments;
  condition = bulk_condition(type(), std::move(condition), options.filters);
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
  const db::Result result = co_await write(sql.statement(), parameters);
  co_return result.affected_rows();
}

Task<std::uint64_t> Session::delete_where(reflect::TypeRef type, Expression condition,
                                          BulkOptions options) {
  condition = bulk_condition(type(), std::move(condition), options.filters);
  db::Delete query{db::TableName{type}, {}};
  if (condition.empty()) {
    query.all_rows();
  } else {
    query.where(std::move(condition));
  }
  db::BoundSql sql = bind_query(*this, query);
  const std::vector<ValueView> parameters = sql.parameters();
  const db::Result result = co_await write(sql.statement(), parameters);
  co_return result.affected_rows();
}

}  // namespace roost::orm::detail
