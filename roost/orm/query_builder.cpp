// Columns and tables of entities for the query builder.
#include <roost/orm/detail/hydrator.hpp>
#include <roost/orm/detail/select_builder.hpp>
#include <roost/orm/detail/session.hpp>
#include <roost/orm/detail/table_names.hpp>
#include <roost/orm/errors.hpp>
#include <roost/orm/query_builder.hpp>

#include <algorithm>

namespace roost::orm::detail {

using db::Path;
using db::PathStep;

EntityPathResolver::Place EntityPathResolver::place_of(const Path& path) const {
  const auto steps = path.steps();
  const EntityMetadata& entity = metadata_.of(steps.front().owner());
  const auto refuse = [&](const std::string& why) {
    std::string text{entity.name};
    for (const PathStep& step : steps) text += "::" + std::string{step.member};
    throw UsageError(text + ": " + why);
  };
  if (const RelationMetadata* relation = entity.find_relation(steps.front().member)) {
    if (relation->is_any()) return place_of_choice(entity, *relation, path);
    if (!relation->owning || relation->to_many() || relation->columns.size() != 1) {
      refuse("the relation is no column here: join the other table");
    }
    const bool key = steps.size() == 2 &&
                     relation->target->columns[relation->target_columns.front()].members.front() ==
                         steps[1].member;
    if (steps.size() > 1 && !key) refuse("join the other table, and name its column");
    return {&entity, &entity.columns[relation->columns.front()], {}};
  }
  std::vector<std::string_view> members;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    members.push_back(steps[i].member);
    const ColumnMetadata* column = entity.find_column(members);
    if (column == nullptr) continue;
    const auto rest = steps.subspan(i + 1);
    if (rest.empty() || column->access == ColumnAccess::json) return {&entity, column, rest};
  }
  refuse("this is no column");
  return {};
}

EntityPathResolver::Place EntityPathResolver::place_of_choice(const EntityMetadata& entity,
                                                              const RelationMetadata& relation,
                                                              const Path& path) {
  const auto steps = path.steps();
  const bool tests = steps.size() == 2 && steps.back().member == choice_test;
  const bool key = steps.size() == 2 && steps.back().member == choice_key;
  if (steps.size() > 1 && !tests && !key) {
    throw UsageError(std::string{entity.name} + "::" + std::string{relation.name} + " refers to " +
                     relation.target_names() +
                     ": join the table of one of these, and name its column");
  }
  const std::uint16_t column = key ? relation.columns.back() : relation.columns.front();
  Place place{&entity, &entity.columns[column], {}};
  if (tests) place.choice = relation.choice_with(steps.back().owner());
  return place;
}

void EntityPathResolver::append_place(std::string_view alias, const Path& path, std::string& out) {
  const Place place = place_of(path);
  std::string text;
  if (!place.column->formula.empty()) {
    text = '(' + place.column->formula + ')';
  } else {
    if (!alias.empty()) {
      dialect_.append_identifier(text, alias);
      text += '.';
    }
    dialect_.append_identifier(text, place.column->name);
    std::string value;
    place.column->append_read(text, value);
    text = std::move(value);
  }
  if (place.choice != nullptr) {
    out += '(' + text + " = ";
    append_literal(place.choice->choice_name, out);
    out += ')';
    return;
  }
  if (place.json.empty()) {
    out += text;
    return;
  }
  std::vector<db::JsonKey> keys;
  for (const PathStep& step : place.json) keys.emplace_back(db::json_name_of(step));
  db::append_json_path(dialect_, text, keys, value_type(path), out);
}

void EntityPathResolver::append_path(const Path& path, std::string& out) {
  const EntityMetadata* entity = metadata_.find(path.steps().front().owner());
  const auto alias = std::find_if(aliases_.rbegin(), aliases_.rend(),
                                  [&](const Alias& known) { return known.entity == entity; });
  if (entity == nullptr) {
    // Of a struct that stands for the rows of a sub-query: its members are columns.
    std::string name = metadata_.naming().column(path.steps().front().member);
    dialect_.append_identifier(out, name);
    return;
  }
  append_place(alias == aliases_.rend() ? std::string_view{} : std::string_view{alias->name}, path,
               out);
}

void EntityPathResolver::append_path_of(std::string_view alias, const Path& path,
                                        std::string& out) {
  append_place(alias, path, out);
}

void EntityPathResolver::append_column_name(const Path& path, std::string& out) {
  const ColumnMetadata& column = *place_of(path).column;
  if (column.access == ColumnAccess::choice) {
    throw UsageError(std::string{path.steps().front().member} +
                     " is an AnyRef and two columns: assign it to entities, or write the SQL");
  }
  dialect_.append_identifier(out, column.name);
}

std::string_view EntityPathResolver::written_as(const Path& path) const {
  return place_of(path).column->written_as;
}

void EntityPathResolver::append_table(reflect::TypeRef type, std::string& out) {
  detail::append_table(dialect_, metadata_.of(type()), schema_, out);
}

void EntityPathResolver::enter_query(std::span<const db::TableAlias> tables) {
  enclosing_.push_back(aliases_.size());
  for (const db::TableAlias& table : tables) {
    if (table.type == nullptr) continue;
    aliases_.push_back({metadata_.find(table.type()), std::string{table.alias}});
  }
}

void EntityPathResolver::leave_query() {
  aliases_.resize(enclosing_.back());
  enclosing_.pop_back();
}

db::ValueType EntityPathResolver::value_type(const Path& path) const {
  if (metadata_.find(path.steps().front().owner()) == nullptr)
    return PathResolver::value_type(path);
  const Place place = place_of(path);
  if (place.choice != nullptr) return db::ValueType::boolean;
  return place.json.empty() ? place.column->value_type : PathResolver::value_type(path);
}

bool EntityPathResolver::may_be_null(const Path& path) const {
  if (metadata_.find(path.steps().front().owner()) == nullptr) return true;
  const Place place = place_of(path);
  // A table that is joined may have no row.
  return !place.json.empty() || place.column->nullable || aliases_.size() > 1;
}

Expression class_condition(Session& session, const reflect::TypeDescriptor& type,
                           std::string_view alias) {
  Expression rows;
  const EntityMetadata* entity = session.metadata().find(type);
  if (entity == nullptr || !entity->has_family()) return rows;
  if (entity->joined) {
    throw UsageError(std::string{entity->name} +
                     " stands in several tables: find it, or write the SQL for these");
  }
  if (entity->parent == nullptr) return rows;
  const auto is = [&](const EntityMetadata& kind) {
    const std::string_view column = entity->columns[entity->class_column].name;
    if (alias.empty()) {
      const std::string_view names[] = {column};
      return Expression::column(names) == kind.class_name;
    }
    const std::string_view names[] = {alias, column};
    return Expression::column(names) == kind.class_name;
  };
  rows = is(*entity);
  for (const EntityMetadata* descendant : entity->descendants) {
    rows = std::move(rows) || is(*descendant);
  }
  return rows;
}

db::Executor& executor_of(Session& session) { return session.executor(); }

db::BoundSql bind_query(Session& session, const db::Query& query) {
  const db::Dialect& dialect = session.executor().dialect();
  EntityPathResolver resolver{dialect, session.metadata(), session.schema()};
  return query.to_sql(dialect, resolver);
}

namespace {

/// SQL around the column.
Expression value_read(Session& session, std::string_view alias, const ColumnMetadata& column) {
  const db::Dialect& dialect = session.executor().dialect();
  std::string name;
  if (!alias.empty()) {
    dialect.append_identifier(name, alias);
    name += '.';
  }
  dialect.append_identifier(name, column.name);
  std::string text;
  column.append_read(name, text);
  db::RawSql sql;
  sql.append_owned_text(text);
  return Expression{std::move(sql)};
}

}  // namespace

std::vector<db::SelectItem> entity_columns(Session& session, const reflect::TypeDescriptor& type,
                                           std::string_view alias) {
  std::vector<db::SelectItem> items;
  const EntityMetadata& entity = session.metadata().of(type);
  for (const ColumnMetadata* column : SelectBuilder::selected(entity)) {
    if (!column->formula.empty()) {
      throw UsageError(std::string{entity.name} +
                       " has formulas: find entities with `find`, or select columns");
    }
    if (!column->read_as.empty()) {
      items.emplace_back(value_read(session, alias, *column));
    } else if (alias.empty()) {
      const std::string_view names[] = {column->name};
      items.emplace_back(Expression::column(names));
    } else {
      const std::string_view names[] = {alias, column->name};
      items.emplace_back(Expression::column(names));
    }
  }
  if (!entity.keyed_relations().empty()) {
    for (std::size_t i = 0; i < entity.keyed_relations().size(); ++i) {
      items.emplace_back(Expression::null());
    }
  }
  return items;
}

Task<std::vector<void*>> read_entities(Session& session, const reflect::TypeDescriptor& type,
                                       db::BoundSql sql) {
  const EntityMetadata& entity = session.metadata().of(type);
  const std::vector<db::ValueView> parameters = sql.parameters();
  const db::Result result = co_await session.executor().execute(sql.statement(), parameters);
  Hydrator hydrator{session, entity, entity.read_columns, 0, false, false};
  std::vector<void*> entities;
  for (std::size_t row = 0; row < result.row_count(); ++row) {
    Record* record = hydrator.read(result, row);
    if (record == nullptr || record->visited) continue;
    record->visited = true;
    entities.push_back(record->entity());
  }
  for (void* entity_found : entities) Record::of(entity_found)->visited = false;
  co_return entities;
}

}  // namespace roost::orm::detail
