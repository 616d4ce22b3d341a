// Finding and populating: which statements are sent, level by level.
#include <roost/orm/detail/column_access.hpp>
#include <roost/orm/detail/cursor_codec.hpp>
#include <roost/orm/detail/hydrator.hpp>
#include <roost/orm/detail/loader.hpp>
#include <roost/orm/detail/select_builder.hpp>
#include <roost/orm/errors.hpp>
#include <roost/sql/batch.hpp>

#include <algorithm>
#include <functional>
#include <limits>
#include <set>
#include <unordered_map>
#include <utility>

namespace roost::orm::detail {

using db::ValueView;

namespace {

/// Values by which others refer to the row: of its key, or of a unique column.
void append_key(const Record& record, const std::vector<std::uint16_t>& columns,
                db::Scratch& scratch, std::vector<ValueView>& out) {
  for (const std::uint16_t index : columns) {
    out.push_back(value_in_database(record.metadata->columns[index], record, scratch));
  }
}

/// A number of rows, as LIMIT takes it.
ValueView count_value(std::uint64_t rows) {
  return ValueView::int64(static_cast<std::int64_t>(
      std::min(rows, static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))));
}

/// What the relation of the entity refers to; of an AnyRef only if it is of the class in question.
Record* target_of(Record& parent, const RelationMetadata& relation) {
  Record* target = RelationAccess::target(RelationAccess::reference(parent.entity(), relation));
  const bool other =
      target != nullptr && relation.is_choice() && !target->metadata->is_kind_of(*relation.target);
  return other ? nullptr : target;
}

/// A statement that waits for the lock of a row sees that row as it is then, but the rows of all
/// other tables as they were when it began to wait.
bool reads_more_tables(const EntityMetadata& entity, const std::vector<PopulateNode>& tree) {
  if (entity.joined && !entity.descendants.empty()) return true;
  const auto with_key = [](const RelationMetadata& relation) { return relation.with_key; };
  return std::any_of(entity.relations.begin(), entity.relations.end(), with_key) ||
         std::any_of(tree.begin(), tree.end(),
                     [](const PopulateNode& node) { return node.joined; });
}

/// Each once, in the order of the rows.
std::vector<void*> entities_of(const std::vector<Record*>& rows) {
  std::vector<void*> entities;
  entities.reserve(rows.size());
  for (Record* record : rows) {
    if (record->visited) continue;
    record->visited = true;
    entities.push_back(record->entity());
  }
  for (Record* record : rows) record->visited = false;
  return entities;
}

}  // namespace

/// One SELECT that fills a relation of many entities, or finds roots.
struct Loader::Query {
  const SelectPlan* plan = nullptr;  // null: there is nothing to be asked
  std::vector<ValueView> values;
  std::vector<ValueView> elements;  // of an array among them
  db::Scratch scratch;
  const PopulateNode* node = nullptr;  // null: roots
  std::vector<Record*> parents;
  std::vector<Record*> found;  // one a row
};

namespace {

/// Items of a collection that is joined, as the rows bring them: again and again.
struct ItemsOfOwners {
  void add(Record* owner, Record* item) {
    std::vector<Record*>& list = lists[owner];
    if (item != nullptr && known.emplace(owner, item).second) list.push_back(item);
  }

  std::unordered_map<Record*, std::vector<Record*>> lists;
  std::set<std::pair<Record*, Record*>> known;
};
using JoinedItems = std::vector<ItemsOfOwners>;

}  // namespace

Loader::Loader(Session& session) : session_{session}, plans_{session, filters_} {}
Loader::~Loader() = default;

void Loader::settle(std::vector<PopulateNode>& tree) const { plans_.settle_joins(tree, false); }

void Loader::bind_keys(Query& query, const std::vector<Record*>& records,
                       const std::vector<std::uint16_t>& columns, bool as_array) {
  if (!as_array) {
    for (const Record* record : records) append_key(*record, columns, query.scratch, query.values);
    return;
  }
  query.elements.reserve(records.size());
  for (const Record* record : records) {
    append_key(*record, columns, query.scratch, query.elements);
  }
  const ColumnMetadata& column = records.front()->metadata->columns[columns.front()];
  query.values.push_back(ValueView::array(column.value_type, query.elements));
}

void Loader::bind_filters(Query& query, const EntityMetadata& entity) const {
  if (session_.filters().empty()) return;
  for (const Filter* filter : plans_.filters(entity)) filter->condition.append_values(query.values);
}

void Loader::bind_conditions(Query& query, const EntityMetadata& entity,
                             const FindOptions& options) const {
  for (std::size_t i = 0; i < options.key.size(); ++i) {
    const ColumnMetadata& column = entity.columns[entity.primary_key[i]];
    query.values.push_back(canonical(column, options.key[i].view(), query.scratch));
  }
  bind_filters(query, entity);
  options.where.append_values(query.values);
}

void Loader::bind_limit(Query& query, std::uint64_t limit, std::uint64_t offset) {
  if (limit != FindOptions::no_limit) query.values.push_back(count_value(limit));
  if (offset != 0) query.values.push_back(count_value(offset));
}

void Loader::select_roots(Query& query, const EntityMetadata& entity, const FindOptions& options,
                          const std::vector<PopulateNode>& tree) {
  query.plan = &plans_.roots(entity, options, tree);
  query.values.reserve(query.plan->types.size());
  bind_conditions(query, entity, options);
  for (const db::OrderTerm& term : options.order_by) {
    term.expression().append_values(query.values);
  }
  bind_limit(query, options.limit, options.offset);
}

std::unique_ptr<Loader::Query> Loader::query_for(const Waiting& waiting) {
  const RelationMetadata& relation = *waiting.node->relation;
  auto query = std::make_unique<Query>();
  query->node = waiting.node;
  query->parents = waiting.parents;
  const auto bind = [&](const std::vector<Record*>& records,
                        const std::vector<std::uint16_t>& columns, bool array) {
    bind_keys(*query, records, columns, array || (records.size() > 1 && columns.size() == 1));
  };
  if (waiting.reread) {
    query->plan = &plans_.owners(*waiting.node, waiting.parents.size());
    bind(waiting.parents, relation.owner->primary_key, false);
  } else if (relation.owning && !relation.to_many()) {
    const std::vector<Record*> targets = unread_targets(waiting.parents, relation);
    if (targets.empty()) return query;
    query->plan = &plans_.referenced(*waiting.node, targets.size());
    bind(targets, relation.target_columns, false);
  } else {
    query->plan = &plans_.items(*waiting.node, waiting.parents.size());
    const bool lateral = plans_.is_lateral(*waiting.node);
    bind(waiting.parents, relation.owner_columns(), lateral);
    bind_items(*query, lateral);
  }
  return query;
}

Loader::Queries Loader::ask_ahead(const EntityMetadata& entity, const FindOptions& options,
                                  const std::vector<PopulateNode>& tree) {
  Queries queries;
  if (options.key.empty() || options.refresh || options.lock != LockMode::none ||
      cached_ != nullptr) {
    return queries;
  }
  db::Scratch scratch;
  std::vector<ValueView> key;
  for (std::size_t i = 0; i < options.key.size(); ++i) {
    key.push_back(canonical(entity.columns[entity.primary_key[i]], options.key[i].view(), scratch));
  }
  // Of a row that is known more may be loaded than has to be read.
  if (session_.identity_map().find(entity, key) != nullptr) return queries;
  for (const PopulateNode& child : tree) {
    const RelationMetadata& relation = *child.relation;
    if (!relation.to_many() || child.joined || child.is_part()) continue;
    if (relation.owner->root != entity.root || relation.owner_columns() != entity.primary_key) {
      continue;
    }
    auto query = std::make_unique<Query>();
    query->node = &child;
    query->plan = &plans_.items(child, 1);
    for (std::size_t i = 0; i < options.key.size(); ++i) {
      query->values.push_back(
          canonical(entity.columns[entity.primary_key[i]], options.key[i].view(), query->scratch));
    }
    bind_items(*query, false);
    queries.push_back(std::move(query));
  }
  return queries;
}

/// Many to one of entities that are here already: each target once.
std::vector<Record*> Loader::unread_targets(const std::vector<Record*>& parents,
                                            const RelationMetadata& relation) {
  std::vector<Record*> targets;
  for (Record* parent : parents) {
    Record* target = target_of(*parent, relation);
    if (target != nullptr && target->state == RecordState::reference && !target->visited) {
      target->visited = true;
      targets.push_back(target);
    }
  }
  for (Record* target : targets) target->visited = false;
  return targets;
}

void Loader::bind_items(Query& query, bool lateral) const {
  if (query.node->relation->to_many()) bind_filters(query, *query.node->relation->target);
  if (query.node->options == nullptr) return;
  const RelationOptions& options = *query.node->options;
  options.where.append_values(query.values);
  for (const db::OrderTerm& term : options.order_by) {
    term.expression().append_values(query.values);
  }
  if (!PlanMaker::is_limited(*query.node)) return;
  if (lateral) return bind_limit(query, options.limit, options.offset);
  query.values.push_back(count_value(options.offset));
  if (options.limit != RelationOptions::no_limit) {
    const std::uint64_t room = RelationOptions::no_limit - options.offset;
    query.values.push_back(count_value(options.offset + std::min(options.limit, room)));
  }
}

void Loader::take_rows(Query& query, const db::Result& result, bool read_only, bool refresh) {
  const auto& nodes = query.plan->nodes;
  std::vector<Hydrator> hydrators;
  hydrators.reserve(nodes.size());
  for (const SelectNode& node : nodes) {
    hydrators.emplace_back(session_, *node.entity, node.columns, node.first_column, read_only,
                           refresh);
    if (cached_ != nullptr) hydrators.back().keep_known();
  }
  std::vector<Record*> row_records(nodes.size());
  JoinedItems joined(query.plan->repeats ? nodes.size() : 0);
  query.found.reserve(result.row_count());
  for (std::size_t row = 0; row < result.row_count(); ++row) {
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      if (i > 0 && !nodes[i].populated) continue;
      row_records[i] = hydrators[i].read(result, row);
      if (i == 0) {
        query.found.push_back(row_records[0]);
        continue;
      }
      Record* parent = row_records[nodes[i].parent];
      if (parent == nullptr) continue;
      if (nodes[i].relation->to_many()) {
        joined[i].add(parent, row_records[i]);
      } else {
        link_one(*parent, *nodes[i].relation, row_records[i]);
      }
    }
  }
  for (std::size_t i = 1; i < joined.size(); ++i) {
    for (auto& [parent, items] : joined[i].lists) {
      fill_collection(*parent, *nodes[i].relation, items, false);
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

/// Whose item each row is; null where the parent is not known.
const Record* Loader::owner_of(const Query& query, const db::Result& result, std::size_t row) {
  const RelationMetadata& relation = *query.node->relation;
  const std::size_t parts = query.plan->owner_columns;
  if (parts == 0) {
    return RelationAccess::target(
        RelationAccess::reference(query.found[row]->entity(), *relation.other_side));
  }
  db::Scratch scratch;
  ValueView key[MemberNames::capacity];
  for (std::size_t i = 0; i < parts; ++i) {
    key[i] = canonical(relation.owner->columns[relation.owner->primary_key[i]],
                       result.value(row, i), scratch);
  }
  return session_.identity_map().find(*relation.owner, {key, parts});
}

void Loader::take_relation(Query& query, const db::Result& result) {
  const RelationMetadata& relation = *query.node->relation;
  if (!relation.to_many()) return take_to_one(query);
  using Item = std::pair<const Record*, Record*>;
  std::vector<Item> items;
  items.reserve(query.found.size());
  std::set<Item> known;  // of rows that repeat
  for (std::size_t row = 0; row < query.found.size(); ++row) {
    if (query.found[row] == nullptr) continue;
    const Item item{owner_of(query, result, row), query.found[row]};
    if (item.first == nullptr) continue;
    if (query.plan->repeats && !known.insert(item).second) continue;
    items.push_back(item);
  }
  // Each parent's items side by side, in the order in which they came.
  const auto by_owner = [](const Item& a, const Item& b) {
    return std::less<const Record*>{}(a.first, b.first);
  };
  if (!std::is_sorted(items.begin(), items.end(), by_owner)) {
    std::stable_sort(items.begin(), items.end(), by_owner);
  }
  std::vector<Record*> rows;
  rows.reserve(items.size());
  for (const Item& item : items) rows.push_back(item.second);
  for (Record* parent : query.parents) {
    const auto [first, last] =
        std::equal_range(items.begin(), items.end(), Item{parent, nullptr}, by_owner);
    const auto at = static_cast<std::size_t>(first - items.begin());
    fill_collection(*parent, relation,
                    std::span{rows}.subspan(at, static_cast<std::size_t>(last - first)),
                    query.node->is_part());
  }
}

namespace {

/// The other side was given as a whole, unread, and without the parent: its row is still there, but
/// the next flush deletes it.
bool has_left(Record& item, const RelationMetadata& relation, const Record& parent) {
  if (relation.kind != RelationKind::many_to_many || relation.other_side == nullptr) return false;
  const CollectionState* state =
      RelationAccess::state_of(RelationAccess::collection(item.entity(), *relation.other_side));
  return state != nullptr && state->replaced &&
         std::find(state->items.begin(), state->items.end(), &parent) == state->items.end();
}

/// What was wished for the pair turns out to be so: the other side, unread, must not wish it later.
void drop_wish(Record& item, const RelationMetadata& relation, const Record& parent,
               std::vector<Record*> CollectionState::*wishes) {
  if (relation.kind != RelationKind::many_to_many || relation.other_side == nullptr) return;
  CollectionState* state =
      RelationAccess::state_of(RelationAccess::collection(item.entity(), *relation.other_side));
  if (state != nullptr) std::erase(state->*wishes, &parent);
}

}  // namespace

void Loader::fill_collection(Record& parent, const RelationMetadata& relation,
                             std::span<Record* const> rows, bool part) {
  CollectionState& state =
      RelationAccess::state(RelationAccess::collection(parent.entity(), relation));
  state.shown = true;
  if (state.loaded && !state.read_only && !reload_ && !part) return;
  const auto in = [](const std::vector<Record*>& sorted, Record* item) {
    return std::binary_search(sorted.begin(), sorted.end(), item);
  };
  std::vector<Record*> removed = std::move(state.removed);
  std::vector<Record*> added = std::move(state.added);
  if (state.loaded) {
    // Read again: what was changed since the last flush is what differs from the original.
    added.clear();
    for (Record* item : state.items) {
      if (!in(state.original, item)) added.push_back(item);
    }
    std::vector<Record*> present = state.items;
    std::sort(present.begin(), present.end());
    for (Record* item : state.original) {
      if (!in(present, item)) removed.push_back(item);
    }
  }
  if (state.read_only || part) {
    added.clear();
    removed.clear();
  }
  std::sort(removed.begin(), removed.end());
  state.items.clear();
  state.items.reserve(rows.size() + added.size());
  for (Record* item : rows) {
    const bool gone = item->state == RecordState::removed || item->orphan || in(removed, item) ||
                      has_left(*item, relation, parent);
    if (!gone) state.items.push_back(item);
  }
  std::vector<Record*> present;
  if (!added.empty()) present = state.items;
  std::sort(present.begin(), present.end());
  for (Record* item : added) {
    if (!in(present, item)) state.items.push_back(item);
  }
  state.original.assign(rows.begin(), rows.end());
  std::sort(state.original.begin(), state.original.end());
  for (Record* item : removed) {
    if (!in(state.original, item)) drop_wish(*item, relation, parent, &CollectionState::removed);
  }
  for (Record* item : added) {
    if (in(state.original, item)) drop_wish(*item, relation, parent, &CollectionState::added);
  }
  state.added.clear();
  state.removed.clear();
  state.loaded = true;
  state.read_only = part;
  state.reordered = false;
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

void Loader::descend_to_many(const PopulateNode& child, const std::vector<Record*>& parents,
                             bool joined) {
  const RelationMetadata& relation = *child.relation;
  std::vector<Record*> unloaded;
  std::vector<Record*> next;
  for (Record* parent : parents) {
    CollectionBase& collection = RelationAccess::collection(parent->entity(), relation);
    CollectionState* known = RelationAccess::state_of(collection);
    const bool holds_part = known != nullptr && known->read_only;
    const bool usable = parent->is_new() || (joined && child.joined) ||
                        (collection.is_loaded() && !reload_ && !child.is_part() && !holds_part);
    if (usable) {
      CollectionState& state = RelationAccess::state(collection);
      state.shown = true;
      next.insert(next.end(), state.items.begin(), state.items.end());
      continue;
    }
    if (child.is_part() && collection.is_changed()) {
      throw UsageError(std::string{relation.owner->name} + "::" + std::string{relation.name} +
                       " of " + name_of(*parent) +
                       " has changes that are not flushed and cannot hold a part of its items: "
                       "flush first, or ask for the items with matching(…)");
    }
    unloaded.push_back(parent);
  }
  if (!unloaded.empty()) waiting_.push_back({&child, std::move(unloaded)});
  if (!next.empty()) descend(child.children, next, joined && child.joined);
}

void Loader::descend_to_one(const PopulateNode& child, const std::vector<Record*>& parents,
                            bool joined) {
  const RelationMetadata& relation = *child.relation;
  const bool here = joined && child.joined;
  std::vector<Record*> unloaded;
  std::vector<Record*> unread;  // with a reference that a find left out
  std::vector<Record*> next;
  for (Record* parent : parents) {
    RefBase& reference = RelationAccess::reference(parent->entity(), relation);
    const bool unknown = RelationAccess::is_unknown(reference);
    if (relation.is_choice() && !unknown && target_of(*parent, relation) == nullptr) continue;
    if (!here && (unknown || !reference.is_loaded())) {
      (unknown && relation.owning ? unread : unloaded).push_back(parent);
      continue;
    }
    RelationAccess::set_shown(reference, true);
    if (unknown) continue;
    if (Record* target = RelationAccess::target(reference)) next.push_back(target);
  }
  if (!unloaded.empty()) waiting_.push_back({&child, std::move(unloaded)});
  if (!unread.empty()) waiting_.push_back({&child, std::move(unread), true});
  if (!next.empty()) descend(child.children, next, here);
}

/// The relations below one node, for records that are loaded: what has to be read next.
void Loader::descend(const std::vector<PopulateNode>& children, const std::vector<Record*>& records,
                     bool joined) {
  if (children.empty()) return;
  std::vector<Record*> parents;
  parents.reserve(records.size());
  for (Record* record : records) {
    if (record == nullptr || !record->has_content() || record->visited) continue;
    record->visited = true;
    parents.push_back(record);
  }
  for (Record* record : parents) record->visited = false;
  for (const PopulateNode& child : children) {
    if (child.relation->to_many()) {
      descend_to_many(child, parents, joined);
    } else {
      descend_to_one(child, parents, joined);
    }
  }
}

Task<void> Loader::load_waiting(bool read_only) {
  while (!waiting_.empty()) {
    std::vector<Waiting> level = std::move(waiting_);
    waiting_.clear();
    std::vector<std::unique_ptr<Query>> queries;
    db::Batch batch;
    for (const Waiting& waiting : level) {
      auto query = query_for(waiting);
      if (query->plan != nullptr) {
        batch.add(query->plan->statement(db::StatementKind::read), query->values);
      }
      queries.push_back(std::move(query));
    }
    std::vector<db::Result> results;
    if (cached_ != nullptr) {
      results = co_await ask_all(batch);
    } else if (batch.size() == 1) {
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
      const db::Result& result = query->plan == nullptr ? none : results[next_result++];
      if (query->plan != nullptr) take_rows(*query, result, read_only, reload_);
      take_relation(*query, result);
    }
    for (const std::unique_ptr<Query>& query : queries) {
      std::vector<Record*> items = query->found;
      const RelationMetadata& relation = *query->node->relation;
      if (!relation.to_many() && relation.owning) {
        items.clear();
        for (Record* parent : query->parents) items.push_back(target_of(*parent, relation));
      }
      descend(query->node->children, items, true);
    }
  }
}

Task<std::vector<void*>> Loader::find_locked(const EntityMetadata& entity,
                                             const FindOptions& options, std::uint64_t* total) {
  filters_ = options.filters;
  Query locking;
  locking.plan = &plans_.locked_keys(entity, options);
  bind_conditions(locking, entity, options);
  for (const db::OrderTerm& term : options.order_by) {
    term.expression().append_values(locking.values);
  }
  bind_limit(locking, options.limit, options.offset);
  const db::Statement statement = locking.plan->statement(db::StatementKind::unknown);
  const db::Result locked = co_await session_.executor().execute(statement, locking.values);
  // What others committed while this waited is read by a statement of its own.
  FindOptions reading = options;
  reading.lock = LockMode::none;
  reading.refresh = true;
  std::vector<void*> found = co_await find(entity, reading, total);
  std::set<const void*> held;
  for (std::size_t row = 0; row < locked.row_count(); ++row) {
    db::Scratch scratch;
    ValueView key[MemberNames::capacity];
    for (std::size_t i = 0; i < entity.primary_key.size(); ++i) {
      key[i] = canonical(entity.columns[entity.primary_key[i]], locked.value(row, i), scratch);
    }
    const Record* record = session_.identity_map().find(entity, {key, entity.primary_key.size()});
    if (record != nullptr) held.insert(record->entity());
  }
  std::erase_if(found, [&](const void* row) { return !held.contains(row); });
  co_return found;
}

Task<std::vector<void*>> Loader::find(const EntityMetadata& entity, const FindOptions& options,
                                      std::uint64_t* total) {
  std::vector<PopulateNode> tree = populate_tree(session_.metadata(), entity, options.populate);
  if (options.lock != LockMode::none && !session_.in_transaction()) {
    throw UsageError("a find that locks rows needs a transaction: do it inside transactional(…)");
  }
  // Repeated rows cannot be counted: a limit is one of entities.
  const bool repeats =
      options.limit == FindOptions::no_limit && options.offset == 0 && !options.with_order_values;
  filters_ = options.filters;
  plans_.settle_joins(tree, repeats);
  if (options.lock != LockMode::none && reads_more_tables(entity, tree) &&
      !options.with_order_values &&
      session_.source().database().dialect().supports(db::Feature::row_locks)) {
    Task<std::vector<void*>> finding = find_locked(entity, options, total);
    co_return co_await std::move(finding);
  }
  reload_ = options.refresh;
  use_cache(options);
  Query query;
  select_roots(query, entity, options, tree);
  const bool locks = options.lock != LockMode::none;
  const db::Statement statement =
      query.plan->statement(locks ? db::StatementKind::unknown : db::StatementKind::read);
  db::Result result;
  const Queries ahead = total == nullptr ? ask_ahead(entity, options, tree) : Queries{};
  std::vector<db::Result> results_ahead;
  if (!ahead.empty()) {
    db::Batch batch;
    batch.add(statement, query.values);
    for (const std::unique_ptr<Query>& items : ahead) {
      batch.add(items->plan->statement(db::StatementKind::read), items->values);
    }
    const db::ExecuteOptions executing;
    results_ahead = co_await session_.executor().read_all(batch, executing);
    result = std::move(results_ahead.front());
  } else if (total == nullptr && cached_ != nullptr) {
    result = co_await ask(statement, query.values);
  } else if (total == nullptr) {
    result = co_await session_.executor().execute(statement, query.values);
  } else {
    Query counting;
    counting.plan = &plans_.count(entity, options);
    bind_conditions(counting, entity, options);
    const db::Statement count_statement = counting.plan->statement(db::StatementKind::read);
    db::Batch both;
    both.add(statement, query.values);
    both.add(count_statement, counting.values);
    const db::ExecuteOptions executing;
    std::vector<db::Result> results;
    if (cached_ != nullptr) {
      results = co_await ask_all(both);
    } else {
      results = co_await session_.executor().read_all(both, executing);
    }
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
  Record* const root = query.found.empty() ? nullptr : query.found.front();
  for (std::size_t i = 0; root != nullptr && i < ahead.size(); ++i) {
    ahead[i]->parents = {root};
    take_rows(*ahead[i], results_ahead[i + 1], options.read_only, reload_);
    take_relation(*ahead[i], results_ahead[i + 1]);
  }
  if (!tree.empty()) {
    descend(tree, query.found, true);
    Task<void> loading = load_waiting(options.read_only);
    co_await std::move(loading);
  }
  co_return entities_of(query.found);
}

Task<RawStream> Loader::stream(const EntityMetadata& entity, FindOptions options) {
  if (!options.populate.empty() || options.lock != LockMode::none ||
      options.cache_milliseconds != 0) {
    throw UsageError("a stream of " + std::string{entity.name} +
                     " neither populates relations nor locks rows, and is not remembered");
  }
  Query query;
  const std::vector<PopulateNode> none;
  filters_ = options.filters;
  select_roots(query, entity, options, none);
  const db::Statement statement = query.plan->statement(db::StatementKind::read);
  const db::StreamOptions streaming;
  RawStream stream;
  stream.source = &session_.source();
  stream.entity = &entity;
  stream.columns = query.plan->nodes.front().columns;
  stream.rows = co_await session_.executor().stream(statement, query.values, streaming);
  co_return stream;
}

Task<std::vector<void*>> Loader::matching(Record& owner, const PopulateNode& node) {
  if (owner.is_new()) co_return std::vector<void*>{};
  const Waiting waiting{&node, {&owner}};
  const std::unique_ptr<Query> query = query_for(waiting);
  const db::Statement statement = query->plan->statement(db::StatementKind::read);
  const db::Result result = co_await session_.executor().execute(statement, query->values);
  take_rows(*query, result, false, false);
  co_return entities_of(query->found);
}

Task<std::uint64_t> Loader::count_matching(Record& owner, const PopulateNode& node) {
  if (owner.is_new()) co_return 0;
  Query query;
  query.plan = &plans_.count_items(node);
  append_key(owner, node.relation->owner_columns(), query.scratch, query.values);
  bind_filters(query, *node.relation->target);
  if (node.options != nullptr) node.options->where.append_values(query.values);
  const db::Statement statement = query.plan->statement(db::StatementKind::read);
  const db::Result result = co_await session_.executor().execute(statement, query.values);
  co_return static_cast<std::uint64_t>(result.value(0, 0).integer());
}

Task<std::uint64_t> Loader::count(const EntityMetadata& entity, const FindOptions& options) {
  filters_ = options.filters;
  Query query;
  query.plan = &plans_.count(entity, options);
  bind_conditions(query, entity, options);
  use_cache(options);
  const db::Statement statement = query.plan->statement(db::StatementKind::read);
  db::Result result;
  if (cached_ != nullptr) {
    result = co_await ask(statement, query.values);
  } else {
    result = co_await session_.executor().execute(statement, query.values);
  }
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
  Query query;
  const std::vector<std::uint16_t> by_unique{record.known_by};
  const auto& columns = record.lacks_key() ? by_unique : record.metadata->primary_key;
  query.plan = &plans_.row(*record.metadata, columns);
  append_key(record, columns, query.scratch, query.values);
  const db::Statement statement = query.plan->statement(db::StatementKind::read);
  const db::Result result = co_await session_.executor().execute(statement, query.values);
  record.missing = result.empty();
  take_rows(query, result, false, true);
}

}  // namespace roost::orm::detail
