// Finding and populating: which statements are sent, level by level.
#include <roost/orm/detail/column_access.hpp>
#include <roost/orm/detail/cursor_codec.hpp>
#include <roost/orm/detail/hydrator.hpp>
#include <roost/orm/detail/loader.hpp>
#include <roost/orm/detail/select_builder.hpp>
#include <roost/orm/errors.hpp>

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace roost::orm::detail {

using db::ValueView;

namespace {

/// Of each record the key, one value a key column.
void append_key(const Record& record, db::Scratch& scratch, std::vector<ValueView>& out) {
  for (const std::uint16_t index : record.metadata->primary_key) {
    out.push_back(bind_column(record.metadata->columns[index], record, scratch));
  }
}

std::vector<const ColumnMetadata*> key_columns(const EntityMetadata& entity) {
  std::vector<const ColumnMetadata*> columns;
  for (const std::uint16_t index : entity.primary_key) columns.push_back(&entity.columns[index]);
  return columns;
}

}  // namespace

/// One SELECT that fills a relation of many entities, or finds roots.
struct Loader::Query {
  Query(const db::Dialect& dialect, const Metadata& metadata, const EntityMetadata& root)
      : builder{dialect, metadata, root} {}

  SelectBuilder builder;
  std::string text;
  std::vector<ValueView> values;
  std::vector<ValueView> elements;  // of an array among them
  db::Scratch scratch;
  const PopulateNode* node = nullptr;  // null: roots
  std::vector<Record*> parents;
  std::vector<Record*> found;
};

Loader::Loader(Session& session) : session_{session} {}
Loader::~Loader() = default;

void Loader::bind_keys(Query& query, const std::vector<Record*>& records) {
  const std::size_t parts = records.front()->metadata->primary_key.size();
  if (parts > 1 || records.size() == 1) {
    for (const Record* record : records) append_key(*record, query.scratch, query.values);
    return;
  }
  for (const Record* record : records) append_key(*record, query.scratch, query.elements);
  const ColumnMetadata& column =
      records.front()->metadata->columns[records.front()->metadata->primary_key.front()];
  query.values.push_back(ValueView::array(column.value_type, query.elements));
}

std::unique_ptr<Loader::Query> Loader::query_for(const PopulateNode& node,
                                                 std::vector<Record*> parents) {
  const RelationMetadata& relation = *node.relation;
  const db::Dialect& dialect = session_.executor().dialect();
  auto query = std::make_unique<Query>(dialect, session_.metadata(), *relation.target);
  query->node = &node;
  SelectBuilder& builder = query->builder;
  builder.join_populated(node.children);
  std::vector<std::string> columns;
  std::vector<Record*> wanted = parents;
  std::vector<const ColumnMetadata*> types = key_columns(*relation.owner);
  if (relation.kind == RelationKind::many_to_many) {
    const std::string pivot = builder.alias() + "p";
    std::string join = " join ";
    dialect.append_identifier(join, relation.pivot_table);
    join += ' ' + pivot + " on ";
    const auto qualified = [&](std::string_view column) {
      std::string text = pivot + '.';
      dialect.append_identifier(text, column);
      return text;
    };
    const EntityMetadata& target = *relation.target;
    for (std::size_t i = 0; i < target.primary_key.size(); ++i) {
      if (i > 0) join += " and ";
      join += qualified(relation.pivot_target_columns[i]) + " = " +
              builder.column_of(0, target.columns[target.primary_key[i]].name);
    }
    builder.add_root_join(std::move(join));
    for (const std::string& column : relation.pivot_owner_columns) {
      columns.push_back(qualified(column));
      builder.add_leading_column(qualified(column));
    }
  } else if (relation.owning) {
    // Many to one of entities that are here already: the targets by their keys.
    wanted.clear();
    for (Record* parent : parents) {
      Record* target =
          RelationAccess::target(RelationAccess::reference(parent->entity(), relation));
      if (target != nullptr && target->state == RecordState::reference && !target->visited) {
        target->visited = true;
        wanted.push_back(target);
      }
    }
    for (Record* target : wanted) target->visited = false;
    types = key_columns(*relation.target);
    for (const ColumnMetadata* column : types)
      columns.push_back(builder.column_of(0, column->name));
  } else {
    for (const std::uint16_t index : relation.other_side->columns) {
      columns.push_back(builder.column_of(0, relation.target->columns[index].name));
    }
  }
  query->parents = std::move(parents);
  if (wanted.empty()) return query;
  builder.add_key_condition(columns, types, wanted.size());
  bind_keys(*query, wanted);
  if (relation.to_many()) {
    if (relation.target->soft_delete_column != EntityMetadata::none) builder.hide_deleted();
    add_filters(*query, *relation.target, without_);
    if (!relation.sorted_by.empty()) {
      const std::string_view member[] = {relation.sorted_by};
      if (const ColumnMetadata* column = relation.target->find_column(member)) {
        builder.add_order(*column, relation.sorted_descending);
      }
    }
    builder.add_key_order();
  }
  query->text = builder.select();
  return query;
}

void Loader::take_rows(Query& query, const db::Result& result, bool read_only, bool refresh) {
  const auto& nodes = query.builder.nodes();
  std::vector<Hydrator> hydrators;
  hydrators.reserve(nodes.size());
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    hydrators.emplace_back(session_, *nodes[i].entity, nodes[i].first_column, read_only, refresh);
  }
  std::vector<Record*> row_records(nodes.size());
  query.found.reserve(result.row_count());
  for (std::size_t row = 0; row < result.row_count(); ++row) {
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      if (i > 0 && nodes[i].populated == nullptr) continue;
      row_records[i] = hydrators[i].read(result, row);
      if (i == 0) {
        query.found.push_back(row_records[0]);
        continue;
      }
      Record* parent = row_records[nodes[i].parent];
      if (parent != nullptr) link_one(*parent, *nodes[i].relation, row_records[i]);
    }
  }
}

void Loader::link_one(Record& parent, const RelationMetadata& relation, Record* target) {
  RefBase& reference = RelationAccess::reference(parent.entity(), relation);
  if (relation.owning) {
    // The column said what it refers to; a row that is gone stays a reference.
    if (RelationAccess::target(reference) == target) RelationAccess::set_shown(reference, true);
    return;
  }
  if (!RelationAccess::is_unknown(reference)) {
    RelationAccess::set_shown(reference, true);  // what the application said counts
    return;
  }
  RelationAccess::set_target(reference, target);
  RelationAccess::set_shown(reference, true);
}

void Loader::take_relation(Query& query, const db::Result& result) {
  const RelationMetadata& relation = *query.node->relation;
  if (!relation.to_many()) return take_to_one(query);
  std::unordered_map<const Record*, std::vector<Record*>> items;
  const std::size_t leading = query.builder.leading_columns();
  for (std::size_t row = 0; row < query.found.size(); ++row) {
    Record* item = query.found[row];
    if (item == nullptr) continue;
    const Record* owner = nullptr;
    if (leading > 0) {
      db::Scratch scratch;
      ValueView key[MemberNames::capacity];
      for (std::size_t i = 0; i < leading; ++i) {
        key[i] = canonical(relation.owner->columns[relation.owner->primary_key[i]],
                           result.value(row, i), scratch);
      }
      owner = session_.identity_map().find(*relation.owner, {key, leading});
    } else {
      owner =
          RelationAccess::target(RelationAccess::reference(item->entity(), *relation.other_side));
    }
    if (owner != nullptr) items[owner].push_back(item);
  }
  for (Record* parent : query.parents) fill_collection(*parent, relation, items[parent]);
}

void Loader::fill_collection(Record& parent, const RelationMetadata& relation,
                             std::vector<Record*>& rows) {
  CollectionState& state =
      RelationAccess::state(RelationAccess::collection(parent.entity(), relation));
  state.shown = true;
  if (state.loaded && !reload_) return;
  const std::vector<Record*> removed = std::move(state.removed);
  std::vector<Record*> added = std::move(state.added);
  if (state.loaded) {
    // Read again: what was changed since the last flush is what differs from the original.
    added.clear();
    for (Record* item : state.items) {
      if (!std::binary_search(state.original.begin(), state.original.end(), item)) {
        added.push_back(item);
      }
    }
  }
  state.items.clear();
  for (Record* item : rows) {
    const bool gone = item->state == RecordState::removed || item->orphan ||
                      std::find(removed.begin(), removed.end(), item) != removed.end();
    if (!gone) state.items.push_back(item);
  }
  for (Record* item : added) {
    if (std::find(state.items.begin(), state.items.end(), item) == state.items.end()) {
      state.items.push_back(item);
    }
  }
  state.original = rows;
  std::sort(state.original.begin(), state.original.end());
  state.added.clear();
  state.removed.clear();
  state.loaded = true;
  state.counted = false;
}

void Loader::take_to_one(Query& query) {
  const RelationMetadata& relation = *query.node->relation;
  if (relation.owning) {
    for (Record* parent : query.parents) {
      RefBase& reference = RelationAccess::reference(parent->entity(), relation);
      RelationAccess::set_shown(reference, true);
    }
    return;
  }
  std::unordered_map<const Record*, Record*> partner;
  for (Record* item : query.found) {
    const Record* owner =
        RelationAccess::target(RelationAccess::reference(item->entity(), *relation.other_side));
    if (owner != nullptr) partner[owner] = item;
  }
  for (Record* parent : query.parents) link_one(*parent, relation, partner[parent]);
}

/// The relations below one node, for records that are loaded: what has to be read next.
void Loader::descend(const std::vector<PopulateNode>& children, const std::vector<Record*>& records,
                     bool joined) {
  for (const PopulateNode& child : children) {
    const RelationMetadata& relation = *child.relation;
    std::vector<Record*> parents;
    std::vector<Record*> next;
    for (Record* record : records) {
      if (record == nullptr || !record->has_content() || record->visited) continue;
      record->visited = true;
      parents.push_back(record);
    }
    for (Record* record : parents) record->visited = false;
    if (relation.to_many()) {
      std::vector<Record*> unloaded;
      for (Record* parent : parents) {
        CollectionBase& collection = RelationAccess::collection(parent->entity(), relation);
        if (collection.is_loaded() && !reload_) {
          CollectionState& state = RelationAccess::state(collection);
          state.shown = true;
          next.insert(next.end(), state.items.begin(), state.items.end());
        } else {
          unloaded.push_back(parent);
        }
      }
      if (!unloaded.empty()) waiting_.push_back({&child, std::move(unloaded)});
      if (!next.empty()) descend(child.children, next, false);
      continue;
    }
    std::vector<Record*> unloaded;
    for (Record* parent : parents) {
      RefBase& reference = RelationAccess::reference(parent->entity(), relation);
      if (!joined && (RelationAccess::is_unknown(reference) || !reference.is_loaded())) {
        unloaded.push_back(parent);
        continue;
      }
      RelationAccess::set_shown(reference, true);
      if (RelationAccess::is_unknown(reference)) continue;
      if (Record* target = RelationAccess::target(reference)) next.push_back(target);
    }
    if (!unloaded.empty()) waiting_.push_back({&child, std::move(unloaded)});
    if (!next.empty()) descend(child.children, next, joined);
  }
}

Task<void> Loader::load_waiting(bool read_only) {
  while (!waiting_.empty()) {
    std::vector<Waiting> level = std::move(waiting_);
    waiting_.clear();
    std::vector<std::unique_ptr<Query>> queries;
    db::Batch batch;
    for (Waiting& waiting : level) {
      auto query = query_for(*waiting.node, std::move(waiting.parents));
      if (!query->text.empty()) {
        const db::Statement statement{query->text, query->builder.types(), db::StatementKind::read};
        batch.add(statement, query->values);
      }
      queries.push_back(std::move(query));
    }
    std::vector<db::Result> results;
    if (batch.size() == 1) {
      const db::Batch::Entry& only = batch.entries().front();
      db::Result result =
          co_await session_.executor().execute(only.statement, batch.parameters(only));
      results.push_back(std::move(result));
    } else if (!batch.empty()) {
      const db::ExecuteOptions options;
      results = co_await session_.executor().read_all(batch, options);
    }
    std::size_t next_result = 0;
    for (const std::unique_ptr<Query>& query : queries) {
      const db::Result none;
      const db::Result& result = query->text.empty() ? none : results[next_result++];
      take_rows(*query, result, read_only, reload_);
      take_relation(*query, result);
    }
    for (const std::unique_ptr<Query>& query : queries) {
      std::vector<Record*> items = query->found;
      const RelationMetadata& relation = *query->node->relation;
      if (!relation.to_many() && relation.owning) {
        items.clear();
        for (Record* parent : query->parents) {
          items.push_back(
              RelationAccess::target(RelationAccess::reference(parent->entity(), relation)));
        }
      }
      descend(query->node->children, items, true);
    }
  }
}

void Loader::add_conditions(Query& query, const EntityMetadata& entity,
                            const FindOptions& options) const {
  SelectBuilder& builder = query.builder;
  if (entity.soft_delete_column != EntityMetadata::none && !options.with_deleted) {
    builder.hide_deleted();
  }
  builder.narrow_class();
  if (!options.key.empty()) {
    const std::vector<const ColumnMetadata*> types = key_columns(entity);
    std::vector<std::string> columns;
    for (const ColumnMetadata* column : types) {
      columns.push_back(builder.column_of(0, column->name));
    }
    builder.add_key_condition(columns, types, 1);
    for (std::size_t i = 0; i < options.key.size(); ++i) {
      query.values.push_back(canonical(*types[i], options.key[i].view(), query.scratch));
    }
  }
  add_filters(query, entity, options.without);
  builder.set_condition(options.where);
  options.where.append_values(query.values);
}

/// Filters narrow what is found and what collections hold; what one entity refers to stays visible.
void Loader::add_filters(Query& query, const EntityMetadata& entity,
                         const std::vector<std::string>& without) const {
  for (const Filter& filter : session_.filters()) {
    const bool left_out = std::any_of(without.begin(), without.end(), [&](const auto& name) {
      return name.empty() || name == filter.name;
    });
    if (!entity.is_kind_of(*filter.entity) || left_out) continue;
    query.builder.set_condition(filter.condition);
    filter.condition.append_values(query.values);
  }
}

Task<std::vector<void*>> Loader::find(const EntityMetadata& entity, const FindOptions& options,
                                      std::uint64_t* total) {
  const std::vector<PopulateNode> tree =
      populate_tree(session_.metadata(), entity, options.populate);
  if (options.lock != LockMode::none && !session_.in_transaction()) {
    throw UsageError("a find that locks rows needs a transaction: do it inside transactional(…)");
  }
  reload_ = options.refresh;
  without_ = options.without;
  Query query{session_.executor().dialect(), session_.metadata(), entity};
  SelectBuilder& builder = query.builder;
  builder.join_populated(tree);
  add_conditions(query, entity, options);
  if (options.with_order_values) {
    for (const db::OrderTerm& term : options.order_by) {
      builder.add_leading_column(term.expression());
    }
  }
  std::vector<Expression> orders;
  orders.reserve(options.order_by.size());
  for (const db::OrderTerm& term : options.order_by) {
    builder.add_order(term);
    orders.push_back(term.as_expression());
    orders.back().append_values(query.values);
  }
  builder.set_limit(options.limit, options.offset);
  if (options.limit != FindOptions::no_limit) {
    query.values.push_back(ValueView::int64(static_cast<std::int64_t>(options.limit)));
  }
  if (options.offset != 0) {
    query.values.push_back(ValueView::int64(static_cast<std::int64_t>(options.offset)));
  }
  builder.set_lock(options.lock);
  query.text = builder.select();
  const bool locks = options.lock != LockMode::none;
  const db::Statement statement{query.text, builder.types(),
                                locks ? db::StatementKind::unknown : db::StatementKind::read};
  db::Result result;
  if (total == nullptr) {
    result = co_await session_.executor().execute(statement, query.values);
  } else {
    Query counting{session_.executor().dialect(), session_.metadata(), entity};
    add_conditions(counting, entity, options);
    counting.text = counting.builder.count();
    const db::Statement count_statement{counting.text, counting.builder.types(),
                                        db::StatementKind::read};
    db::Batch both;
    both.add(statement, query.values);
    both.add(count_statement, counting.values);
    const db::ExecuteOptions executing;
    std::vector<db::Result> results = co_await session_.executor().read_all(both, executing);
    result = std::move(results.front());
    *total = static_cast<std::uint64_t>(results.back().value(0, 0).integer());
  }
  take_rows(query, result, options.read_only, options.refresh || locks);
  if (options.with_order_values) {
    std::vector<ValueView> values(options.order_by.size());
    for (std::size_t row = 0; row < result.row_count(); ++row) {
      for (std::size_t i = 0; i < values.size(); ++i) values[i] = result.value(row, i);
      order_values_.push_back(encode_cursor(values));
    }
  }
  if (!tree.empty()) {
    descend(tree, query.found, true);
    Task<void> loading = load_waiting(options.read_only);
    co_await std::move(loading);
  }
  std::vector<void*> entities;
  entities.reserve(query.found.size());
  for (Record* record : query.found) entities.push_back(record->entity());
  co_return entities;
}

Task<RawStream> Loader::stream(const EntityMetadata& entity, FindOptions options) {
  if (!options.populate.empty() || options.lock != LockMode::none) {
    throw UsageError("a stream of " + std::string{entity.name} +
                     " neither populates relations nor locks rows");
  }
  Query query{session_.executor().dialect(), session_.metadata(), entity};
  add_conditions(query, entity, options);
  std::vector<Expression> orders;
  orders.reserve(options.order_by.size());
  for (const db::OrderTerm& term : options.order_by) {
    query.builder.add_order(term);
    orders.push_back(term.as_expression());
    orders.back().append_values(query.values);
  }
  query.builder.set_limit(options.limit, options.offset);
  if (options.limit != FindOptions::no_limit) {
    query.values.push_back(ValueView::int64(static_cast<std::int64_t>(options.limit)));
  }
  if (options.offset != 0) {
    query.values.push_back(ValueView::int64(static_cast<std::int64_t>(options.offset)));
  }
  query.text = query.builder.select();
  const db::Statement statement{query.text, query.builder.types(), db::StatementKind::read};
  const db::StreamOptions streaming;
  RawStream stream;
  stream.source = &session_.source();
  stream.entity = &entity;
  stream.rows = co_await session_.executor().stream(statement, query.values, streaming);
  co_return stream;
}

Task<std::uint64_t> Loader::count(const EntityMetadata& entity, const FindOptions& options) {
  Query query{session_.executor().dialect(), session_.metadata(), entity};
  add_conditions(query, entity, options);
  query.text = query.builder.count();
  const db::Statement statement{query.text, query.builder.types(), db::StatementKind::read};
  const db::Result result = co_await session_.executor().execute(statement, query.values);
  co_return static_cast<std::uint64_t>(result.value(0, 0).integer());
}

Task<void> Loader::populate(std::vector<Record*> roots, const std::vector<PopulateNode>& tree,
                            bool again) {
  reload_ = again;
  descend(tree, roots, false);
  Task<void> loading = load_waiting(false);
  co_await std::move(loading);
}

Task<void> Loader::load(Record& record) {
  reload_ = true;
  const EntityMetadata& entity = *record.metadata;
  Query query{session_.executor().dialect(), session_.metadata(), entity};
  std::vector<std::string> columns;
  const std::vector<const ColumnMetadata*> types = key_columns(entity);
  for (const ColumnMetadata* column : types) {
    columns.push_back(query.builder.column_of(0, column->name));
  }
  query.builder.add_key_condition(columns, types, 1);
  append_key(record, query.scratch, query.values);
  query.text = query.builder.select();
  const db::Statement statement{query.text, query.builder.types(), db::StatementKind::read};
  const db::Result result = co_await session_.executor().execute(statement, query.values);
  record.missing = result.empty();
  take_rows(query, result, false, true);
}

Task<std::vector<void*>> Session::find(const EntityMetadata& entity, FindOptions options) {
  Loader loader{*this};
  Task<std::vector<void*>> finding = loader.find(entity, options, nullptr);
  co_return co_await std::move(finding);
}

Task<std::vector<void*>> Session::find(const EntityMetadata& entity, FindOptions options,
                                       std::uint64_t& total) {
  Loader loader{*this};
  Task<std::vector<void*>> finding = loader.find(entity, options, &total);
  co_return co_await std::move(finding);
}

Task<void> Session::lock(Record& record, LockMode mode) {
  const EntityMetadata& entity = *record.metadata;
  FindOptions options;
  db::Scratch scratch;
  for (const std::uint16_t index : entity.primary_key) {
    options.key.emplace_back(bind_column(entity.columns[index], record, scratch));
  }
  options.lock = mode;
  options.with_deleted = true;
  const std::vector<void*> found = co_await find(entity, std::move(options));
  if (found.empty()) throw NotFoundError(name_of(record) + " not found");
}

Task<RawStream> Session::stream(const EntityMetadata& entity, FindOptions options) {
  Loader loader{*this};
  Task<RawStream> opening = loader.stream(entity, std::move(options));
  co_return co_await std::move(opening);
}

Task<std::uint64_t> Session::count(const EntityMetadata& entity, FindOptions options) {
  Loader loader{*this};
  Task<std::uint64_t> counting = loader.count(entity, options);
  co_return co_await std::move(counting);
}

Task<void> Session::populate(std::vector<Record*> roots, std::vector<PopulatePath> paths) {
  if (roots.empty()) co_return;
  const std::vector<PopulateNode> tree = populate_tree(metadata(), *roots.front()->metadata, paths);
  Loader loader{*this};
  Task<void> loading = loader.populate(std::move(roots), tree, false);
  co_await std::move(loading);
}

Task<void> Session::load(Record& record, bool again) {
  if (!again && record.state != RecordState::reference) co_return;
  Loader loader{*this};
  Task<void> loading = loader.load(record);
  co_await std::move(loading);
}

Task<void> Session::load_collection(Record& owner, CollectionBase& collection, bool again) {
  const RelationMetadata& relation = relation_at(owner, &collection);
  if (!again) {
    CollectionState& state = RelationAccess::state(collection);
    state.shown = true;
    if (state.loaded) co_return;
    Task<void> loading = load_relation(owner, relation);
    co_await std::move(loading);
    co_return;
  }
  const std::vector<PopulateNode> tree{PopulateNode{&relation, {}}};
  Loader loader{*this};
  std::vector<Record*> roots{&owner};
  Task<void> loading = loader.populate(std::move(roots), tree, true);
  co_await std::move(loading);
}

Task<std::size_t> Session::count_collection(Record& owner, CollectionBase& collection) {
  const RelationMetadata& relation = relation_at(owner, &collection);
  CollectionState& state = RelationAccess::state(collection);
  const db::Dialect& dialect = executor().dialect();
  std::string text = "select count(*) from ";
  std::vector<std::string> columns;
  if (relation.kind == RelationKind::many_to_many) {
    // The table of pairs is enough.
    dialect.append_identifier(text, relation.pivot_table);
    columns = relation.pivot_owner_columns;
  } else {
    dialect.append_identifier(text, relation.target->table);
    for (const std::uint16_t index : relation.other_side->columns) {
      columns.push_back(relation.target->columns[index].name);
    }
  }
  db::Scratch scratch;
  std::vector<ValueView> values;
  append_key(owner, scratch, values);
  std::vector<db::ValueType> types;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    text += i == 0 ? " where " : " and ";
    dialect.append_identifier(text, columns[i]);
    text += " = ";
    types.push_back(values[i].type());
    dialect.append_placeholder(text, types.size());
  }
  const db::Statement statement{text, types, db::StatementKind::read};
  const db::Result result = co_await executor().execute(statement, values);
  const auto rows = static_cast<std::size_t>(result.value(0, 0).integer());
  co_return rows + state.added.size() - std::min(rows, state.removed.size());
}

}  // namespace roost::orm::detail
