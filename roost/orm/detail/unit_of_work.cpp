// What is to be written: cascades, differences, pairs; and what follows when it is written.
#include <roost/base/timestamp.hpp>
#include <roost/orm/detail/column_access.hpp>
#include <roost/orm/detail/snapshot.hpp>
#include <roost/orm/detail/statement_writer.hpp>
#include <roost/orm/detail/unit_of_work.hpp>
#include <roost/orm/errors.hpp>
#include <roost/sql/errors.hpp>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace roost::orm::detail {

using db::ValueView;

namespace {

bool is_live(const Record& record) {
  return record.state == RecordState::added || record.state == RecordState::managed ||
         record.state == RecordState::reference || record.state == RecordState::read_only;
}

struct PairHash {
  std::size_t operator()(const PairChange& pair) const {
    const auto bits = [](const void* address) { return reinterpret_cast<std::uintptr_t>(address); };
    std::uint64_t hash = bits(pair.owner) * 0x9e3779b97f4a7c15U;
    hash = (hash ^ bits(pair.target) ^ (hash >> 29)) * 0xbf58476d1ce4e5b9U;
    return static_cast<std::size_t>(hash ^ (hash >> 32) ^ bits(pair.relation));
  }
};

/// Pairs of a relation that keeps the order are numbered as they are inserted: those of one owner
/// in the order of its items, whichever side brought them.
void order_pairs(std::vector<PairChange>& pairs) {
  std::unordered_map<PairChange, std::vector<std::size_t>, PairHash> lists;  // places in `pairs`
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const PairChange& pair = pairs[i];
    if (pair.relation->keeps_order) lists[{pair.relation, pair.owner, nullptr}].push_back(i);
  }
  for (const auto& [list, places] : lists) {
    const CollectionState& state =
        RelationAccess::state(RelationAccess::collection(list.owner->entity(), *list.relation));
    const std::vector<Record*>& items = state.loaded ? state.items : state.added;
    std::unordered_map<const Record*, std::size_t> rank;
    for (std::size_t i = 0; i < items.size(); ++i) rank.emplace(items[i], i);
    std::vector<PairChange> own;
    for (const std::size_t place : places) own.push_back(pairs[place]);
    std::stable_sort(own.begin(), own.end(), [&](const PairChange& a, const PairChange& b) {
      return rank[a.target] < rank[b.target];
    });
    for (std::size_t i = 0; i < places.size(); ++i) pairs[places[i]] = own[i];
  }
}

bool is_zero_time(const ValueView& value) { return value.is_null() || value.integer() == 0; }

}  // namespace

UnitOfWork::UnitOfWork(Session& session)
    : session_{session},
      dialect_{session.executor().dialect()},
      postgresql_{dialect_.kind() == db::DialectKind::postgresql},
      now_{ValueView::timestamp(Timestamp::now().milliseconds_since_epoch() * 1000)},
      told_{session.has_subscribers()} {}

void UnitOfWork::tell_before_flush() {
  if (!told_) return;
  session_.each_subscriber([&](Subscriber& subscriber) { subscriber.before_flush(event_); });
}

void UnitOfWork::tell_on_flush() {
  if (!told_) return;
  for (const RowChange& change : changes_) {
    const bool removal = change.record->state == RecordState::removed;
    const ChangeKind kind = removal                       ? ChangeKind::remove
                            : change.kind == Kind::insert ? ChangeKind::insert
                                                          : ChangeKind::update;
    event_.changes_.emplace_back(*change.record, kind, change.columns);
  }
  session_.each_subscriber([&](Subscriber& subscriber) { subscriber.on_flush(event_); });
}

void UnitOfWork::tell_after_flush() {
  if (!told_) return;
  for (const EntityChange& change : event_.changes_) {
    session_.each_subscriber([&](Subscriber& subscriber) { subscriber.after_change(change); });
  }
  session_.each_subscriber([&](Subscriber& subscriber) { subscriber.after_flush(event_); });
}

void UnitOfWork::tell_before_change(Record& record, ChangeKind kind, std::uint64_t columns) {
  if (!told_) return;
  EntityChange change{record, kind, columns};
  session_.each_subscriber([&](Subscriber& subscriber) { subscriber.before_change(change); });
}

UnitOfWork::~UnitOfWork() {
  if (!reserved_.empty()) release_keys();
  take_back_cascades();
}

void UnitOfWork::cascade() {
  cascade_remove();  // first: what is removed reaches nothing
  cascade_persist();
  cascaded_ = true;
}

void UnitOfWork::take_back_cascades() {
  cascaded_ = false;
  for (auto moved = moved_.rbegin(); moved != moved_.rend(); ++moved) {
    if (moved->state == RecordState::transient) session_.identity_map().erase(*moved->record);
    moved->record->state = moved->state;
    moved->record->orphan = moved->orphan;
  }
  moved_.clear();
}

void UnitOfWork::move_to(Record& record, RecordState state) {
  moved_.push_back({&record, record.state, record.orphan});
  record.state = state;
  record.orphan = false;
}

bool UnitOfWork::empty() const {
  return changes_.empty() && new_pairs_.empty() && lost_pairs_.empty() && replaced_.empty();
}

void UnitOfWork::collect() {
  if (!cascaded_) cascade();
  for (Record* record = session_.first_record(); record != nullptr; record = record->next) {
    record->mark = 0;
    collect_row(*record);
  }
  bind_given_keys();
  unite(new_pairs_);
  unite(lost_pairs_);
  order_pairs(new_pairs_);
  meet_pivots();
}

void UnitOfWork::reach(Record& record, std::vector<Record*>& found) {
  for (const RelationMetadata& relation : record.metadata->relations) {
    const auto take = [&](Record* target) {
      if (target == nullptr || target->state != RecordState::transient || target->orphan) return;
      if (!relation.cascade_persist) {
        throw UsageError(name_of(record) + " refers by " + std::string{relation.name} + " to " +
                         name_of(*target) +
                         ", which is not persisted, and the relation says no_cascade: persist it");
      }
      move_to(*target, RecordState::added);
      session_.register_key(*target);
      found.push_back(target);
    };
    if (relation.to_many()) {
      CollectionState* state =
          RelationAccess::state_of(RelationAccess::collection(record.entity(), relation));
      if (state == nullptr) continue;
      for (Record* item : state->items) take(item);
      for (Record* item : state->added) take(item);
    } else {
      const RefBase& reference = RelationAccess::reference(record.entity(), relation);
      if (!RelationAccess::is_unknown(reference)) take(RelationAccess::target(reference));
    }
  }
}

void UnitOfWork::cascade_persist() {
  std::vector<Record*> found;
  for (Record* record = session_.first_record(); record != nullptr; record = record->next) {
    if (!record->metadata->relations.empty() && is_live(*record)) reach(*record, found);
  }
  while (!found.empty()) {
    Record* record = found.back();
    found.pop_back();
    reach(*record, found);
  }
}

void UnitOfWork::cascade_remove() {
  std::vector<Record*> waiting;
  for (Record* record = session_.first_record(); record != nullptr; record = record->next) {
    const bool was_orphan = record->orphan && record->state != RecordState::detached;
    if (was_orphan) {
      move_to(*record, record->is_new() ? RecordState::transient : RecordState::removed);
    }
    if (was_orphan || record->state == RecordState::removed ||
        (record->discarded && record->state == RecordState::transient)) {
      waiting.push_back(record);
    }
  }
  while (!waiting.empty()) {
    Record* record = waiting.back();
    waiting.pop_back();
    for (const RelationMetadata& relation : record->metadata->relations) {
      if (!relation.cascade_remove && !relation.orphan_removal) continue;
      const auto take = [&](Record* target) {
        if (target == nullptr || target->state == RecordState::removed ||
            target->state == RecordState::detached || target->state == RecordState::transient) {
          return;
        }
        move_to(*target, target->is_new() ? RecordState::transient : RecordState::removed);
        waiting.push_back(target);
      };
      if (relation.to_many()) {
        CollectionState* state =
            RelationAccess::state_of(RelationAccess::collection(record->entity(), relation));
        if (state == nullptr) continue;
        for (Record* item : state->items) take(item);
        for (Record* item : state->added) take(item);
      } else {
        const RefBase& reference = RelationAccess::reference(record->entity(), relation);
        if (!RelationAccess::is_unknown(reference)) take(RelationAccess::target(reference));
      }
    }
  }
}

void UnitOfWork::collect_row(Record& record) {
  switch (record.state) {
    case RecordState::added:
      collect_insert(record);
      break;
    case RecordState::managed:
      collect_update(record);
      break;
    case RecordState::reference:
      if (record.touched) collect_update(record);
      break;
    case RecordState::removed:
      collect_removal(record);
      return;
    default:
      return;
  }
  collect_collections(record);
}

void UnitOfWork::assign(RowChange& change, std::uint16_t column, const ValueView& value) {
  change.columns |= bit(column);
  change.assigned |= bit(column);
  change.values[column] = value;
}

void UnitOfWork::require_references(const Record& record) const {
  for (const RelationMetadata& relation : record.metadata->relations) {
    if (relation.to_many() || !relation.owning || relation.nullable) continue;
    if (RelationAccess::target(RelationAccess::reference(record.entity(), relation)) != nullptr) {
      continue;
    }
    throw UsageError(name_of(record) + " refers to no " + relation.target_names() + ": set " +
                     std::string{relation.name} + ", or say nullable at the relation");
  }
}

void UnitOfWork::collect_insert(Record& record) {
  const EntityMetadata& entity = *record.metadata;
  if (entity.hooks->before_insert != nullptr) entity.hooks->before_insert(record.entity());
  tell_before_change(record, ChangeKind::insert, 0);
  require_references(record);
  if (entity.has_any_references) require_kept_targets(record);
  RowChange& change = changes_.emplace_back();
  change.record = &record;
  change.keyed = give_key(record);
  change.values.resize(entity.columns.size());
  for (const ColumnMetadata& column : entity.columns) {
    if (column.computed) continue;
    ValueView value = bind_column(column, record, scratch_);
    if (column.identity && value.integer() == 0) continue;
    if (!column.server_default.empty() && value.is_null()) continue;
    change.columns |= bit(column.index);
    change.values[column.index] = value;
    const bool sets_time =
        column.role == ColumnRole::creation_time || column.role == ColumnRole::update_time;
    if (sets_time && is_zero_time(value)) assign(change, column.index, now_);
    if (column.role == ColumnRole::version && value.integer() == 0) {
      assign(change, column.index, ValueView::int64(1));
    }
  }
  record.mark = static_cast<std::uint32_t>(changes_.size());
}

/// The columns that differ from what the database has.
std::uint64_t UnitOfWork::changed_columns(Record& record) {
  const EntityMetadata& entity = *record.metadata;
  std::uint64_t changed = 0;
  for (const ColumnMetadata& column : entity.columns) {
    if (column.computed) continue;
    const bool written_again =
        record.touched && column.is_of_reference() && ((record.loaded >> column.index) & 1U) != 0;
    if (!written_again && !is_changed(column, record, scratch_)) continue;
    if (column.in_primary_key) {
      throw UsageError("the key of an entity cannot be changed: " + std::string{entity.name} + "." +
                       column.name + "; remove it and create another");
    }
    changed |= bit(column.index);
  }
  return changed;
}

/// Others notice a change by the columns that are compared: one of them has to change.
void UnitOfWork::require_guard(const Record& record, std::uint64_t changed) {
  const EntityMetadata& entity = *record.metadata;
  if (entity.guards.empty() || !record.was_read()) return;
  std::string names;
  for (const std::uint16_t index : entity.guards) {
    if (index == entity.version_column || (changed & bit(index)) != 0) return;
    names += (names.empty() ? "" : ", ") + entity.columns[index].name;
  }
  throw OptimisticLockError(
      name_of(record) + " was changed, but not in a column by which others notice it (" + names +
          ", by concurrency_check); nothing was written: change one of them as well",
      std::string{entity.name}, name_of(record));
}

void UnitOfWork::collect_update(Record& record) {
  const EntityMetadata& entity = *record.metadata;
  if (record.snapshot == nullptr) return;
  if (entity.has_any_references) require_kept_targets(record);
  std::uint64_t changed = changed_columns(record);
  if (changed != 0 && record.was_read() && (entity.hooks->before_update != nullptr || told_)) {
    if (entity.hooks->before_update != nullptr) entity.hooks->before_update(record.entity());
    tell_before_change(record, ChangeKind::update, changed);
    changed = changed_columns(record);
  }
  if (changed == 0) return;
  require_guard(record, changed);
  RowChange& change = changes_.emplace_back();
  change.record = &record;
  change.kind = Kind::update;
  change.columns = changed;
  change.values.resize(entity.columns.size());
  for (const ColumnMetadata& column : entity.columns) {
    if ((changed & bit(column.index)) == 0) continue;
    change.values[column.index] = bind_column(column, record, scratch_);
  }
  if (entity.update_column != EntityMetadata::none && (changed & bit(entity.update_column)) == 0) {
    assign(change, entity.update_column, now_);
  }
  if (entity.version_column != EntityMetadata::none && record.state == RecordState::managed) {
    const std::int64_t before =
        snapshot_value(record.snapshot, entity.columns[entity.version_column]).integer();
    assign(change, entity.version_column, ValueView::int64(before + 1));
  }
  record.mark = static_cast<std::uint32_t>(changes_.size());
}

void UnitOfWork::collect_removal(Record& record) {
  const EntityMetadata& entity = *record.metadata;
  if (entity.hooks->before_remove != nullptr) entity.hooks->before_remove(record.entity());
  tell_before_change(record, ChangeKind::remove, 0);
  RowChange& change = changes_.emplace_back();
  change.record = &record;
  change.kind = Kind::remove;
  if (entity.soft_delete_column != EntityMetadata::none) {
    change.kind = Kind::update;
    change.values.resize(entity.columns.size());
    assign(change, entity.soft_delete_column, now_);
    if (entity.update_column != EntityMetadata::none) assign(change, entity.update_column, now_);
    if (entity.version_column != EntityMetadata::none && record.was_read()) {
      const std::int64_t before =
          snapshot_value(record.snapshot, entity.columns[entity.version_column]).integer();
      assign(change, entity.version_column, ValueView::int64(before + 1));
    }
  }
  record.mark = static_cast<std::uint32_t>(changes_.size());
}

void UnitOfWork::collect_collections(Record& record) {
  for (const RelationMetadata& relation : record.metadata->relations) {
    if (!relation.to_many()) continue;
    CollectionState* state =
        RelationAccess::state_of(RelationAccess::collection(record.entity(), relation));
    if (state == nullptr) continue;
    // A new owner's items are all new pairs, whether or not anything was marked.
    const bool unsaved = record.state == RecordState::added && !state->items.empty();
    if (!state->changed && !unsaved) continue;
    collections_.emplace_back(&record, &relation);
    if (relation.kind == RelationKind::many_to_many) {
      collect_pairs(record, relation, *state);
    } else if (state->replaced && record.is_row()) {
      replaced_.push_back({&record, &relation});
    }
  }
}

void UnitOfWork::add_pair(std::vector<PairChange>& pairs, const RelationMetadata& relation,
                          Record& owner, Record& item) {
  // A row that is deleted in this flush, perhaps before its pairs are written, gets no new ones.
  const bool may_be_removed = &pairs == &lost_pairs_ && item.state == RecordState::removed;
  if (!is_live(owner) || (!may_be_removed && !is_live(item))) return;
  // Of an inherited relation there are copies, of which one speaks for all.
  PairChange pair{&relation.owner->relations[relation.index], &owner, &item};
  if (!relation.owning) pair = {relation.other_side, &item, &owner};
  pairs.push_back(pair);
}

/// Each pair once: both sides of a relation may have brought it.
void UnitOfWork::unite(std::vector<PairChange>& pairs) {
  if (pairs.size() < 2) return;
  std::unordered_set<PairChange, PairHash> known;
  known.reserve(pairs.size());
  std::erase_if(pairs, [&](const PairChange& pair) { return !known.insert(pair).second; });
}

void UnitOfWork::collect_pairs(Record& owner, const RelationMetadata& relation,
                               CollectionState& state) {
  if (!state.loaded) {
    for (Record* item : state.added) add_pair(new_pairs_, relation, owner, *item);
    for (Record* item : state.removed) add_pair(lost_pairs_, relation, owner, *item);
    return;
  }
  if (state.reordered && owner.is_row()) {
    // Pairs are numbered as they are inserted: all of them again, in the new order.
    replaced_.push_back({&owner, &relation});
    for (Record* item : state.items) {
      if (item->state != RecordState::removed) add_pair(new_pairs_, relation, owner, *item);
    }
    return;
  }
  if (state.replaced && owner.is_row()) replaced_.push_back({&owner, &relation});
  for (Record* item : state.items) {
    if (!std::binary_search(state.original.begin(), state.original.end(), item)) {
      add_pair(new_pairs_, relation, owner, *item);
    }
  }
  std::vector<Record*> present = state.items;
  std::sort(present.begin(), present.end());
  for (Record* item : state.original) {
    // The pairs of a removed entity go with it (ON DELETE CASCADE).
    if (item->state == RecordState::removed || item->state == RecordState::detached) continue;
    if (!std::binary_search(present.begin(), present.end(), item))
      add_pair(lost_pairs_, relation, owner, *item);
  }
}

bool UnitOfWork::is_one_row() const {
  return batch_.size() == 1 && batch_.entries().front().expected_rows == 1 &&
         rows_of_statement_.front().size() == 1;
}

std::exception_ptr UnitOfWork::lock_error(std::uint32_t statement) const {
  const Record* record = nullptr;
  if (statement < rows_of_statement_.size() && !rows_of_statement_[statement].empty()) {
    record = rows_of_statement_[statement].front()->record;
  }
  if (record == nullptr) {
    return std::make_exception_ptr(OptimisticLockError(
        "a row was changed or deleted by somebody else; nothing was written", "", ""));
  }
  const std::string name = name_of(*record);
  const bool several = rows_of_statement_[statement].size() > 1;
  return std::make_exception_ptr(OptimisticLockError(
      (several ? name + ", or another " + std::string{record->metadata->name} + " of this flush,"
               : name) +
          " was changed or deleted by somebody else since it was read; nothing was written: read "
          "it again",
      std::string{record->metadata->name}, name));
}

void UnitOfWork::remember(Record& record, bool clear_identity) {
  if (!session_.in_transaction()) return;
  session_.undo_.push_back(
      {&record, record.snapshot, record.loaded, record.state, record.touched, clear_identity});
}

void UnitOfWork::apply(const std::vector<db::Result>& results) {
  moved_.clear();
  keyed_.clear();
  end_refills(&results);
  for (RowChange& change : changes_) {
    const std::uint16_t identity = change.record->metadata->identity_column;
    const bool was_given = change.kind == Kind::insert && identity != EntityMetadata::none &&
                           (change.keyed || (change.columns & bit(identity)) == 0);
    remember(*change.record, was_given);
  }
  apply_returned(results);
  // Keys first: the snapshots of references hold them.
  for (RowChange& change : changes_) {
    Record& record = *change.record;
    if (change.kind == Kind::insert) {
      record.state = RecordState::managed;
      record.inserted = true;
      record.discarded = false;
      record.loaded = ~std::uint64_t{0};
      session_.identity_map().erase(record);  // it may stand there under another key
      session_.identity_map().insert(record);
    }
  }
  for (RowChange& change : changes_) {
    Record& record = *change.record;
    if (change.kind == Kind::update && record.was_read()) record.loaded |= change.columns;
    if (record.state == RecordState::managed) session_.take_snapshot(record);
    if (record.touched) {
      record.touched = false;
      record.snapshot = nullptr;
      record.loaded = 0;
    }
  }
  follow_referred_values();
  apply_removals();
  apply_collections();
  for (RowChange& change : changes_) {
    if (change.kind == Kind::update && change.record->state == RecordState::reference) continue;
    const EntityHooks& hooks = *change.record->metadata->hooks;
    const bool removed = change.record->state == RecordState::detached;
    const EntityHooks::Call call = removed                       ? hooks.after_remove
                                   : change.kind == Kind::insert ? hooks.after_insert
                                                                 : hooks.after_update;
    if (call != nullptr) call(change.record->entity());
  }
}

void UnitOfWork::apply_returned(const std::vector<db::Result>& results) {
  for (RowChange& change : changes_) {
    Record& record = *change.record;
    const EntityMetadata& entity = *record.metadata;
    for (const ColumnMetadata& column : entity.columns) {
      if ((change.assigned & bit(column.index)) != 0) {
        read_column(column, record.entity(), change.values[column.index]);
      }
    }
    if (change.statement == UINT32_MAX) continue;
    const db::Result& result = results[change.statement];
    if (change.row >= result.row_count()) continue;
    std::size_t position = 0;
    for (const ColumnMetadata& column : entity.columns) {
      const bool returned = change.kind == Kind::insert
                                ? is_returned_by_insert(column, change.columns)
                                : is_returned_by_update(column, change.columns);
      if (returned) read_column(column, record.entity(), result.value(change.row, position++));
    }
  }
}

void UnitOfWork::follow_referred_values() {
  const bool changed = std::any_of(changes_.begin(), changes_.end(), [](const RowChange& change) {
    const auto& referred = change.record->metadata->referred_columns;
    return change.kind == Kind::update &&
           std::any_of(referred.begin(), referred.end(),
                       [&](std::uint16_t column) { return (change.columns & bit(column)) != 0; });
  });
  if (!changed) return;
  for (Record* record = session_.first_record(); record != nullptr; record = record->next) {
    if (!record->was_read()) continue;
    for (const RelationMetadata& relation : record->metadata->relations) {
      if (!relation.by_unique || relation.on_update != ReferentialAction::cascade) continue;
      const RefBase& reference = RelationAccess::reference(record->entity(), relation);
      const Record* target =
          RelationAccess::is_unknown(reference) ? nullptr : RelationAccess::target(reference);
      if (target == nullptr || target->mark == 0) continue;
      const std::uint16_t index = relation.columns.front();
      const ColumnMetadata& column = record->metadata->columns[index];
      if (is_changed(column, *record, scratch_)) {
        session_.put_snapshot(*record, column, bind_column(column, *record, scratch_));
      }
    }
  }
}

void UnitOfWork::apply_removals() {
  bool any = false;
  for (Record* row : lost_rows_) {
    if (row->state == RecordState::detached) continue;
    remember(*row, false);
    session_.forget(*row);
    any = true;
  }
  for (RowChange& change : changes_) {
    Record& record = *change.record;
    if (record.state != RecordState::removed) continue;
    session_.identity_map().erase(record);
    record.state = RecordState::detached;
    any = true;
  }
  if (!any) return;
  for (Record* record = session_.first_record(); record != nullptr; record = record->next) {
    if (record->state != RecordState::detached) forget_removed(*record);
  }
}

/// Takes rows that are gone out of the relations of others.
void UnitOfWork::forget_removed(Record& record) {
  for (const RelationMetadata& relation : record.metadata->relations) {
    if (relation.to_many()) {
      CollectionState* state =
          RelationAccess::state_of(RelationAccess::collection(record.entity(), relation));
      if (state == nullptr) continue;
      const auto gone = [](const Record* item) { return item->state == RecordState::detached; };
      std::erase_if(state->items, gone);
      std::erase_if(state->original, gone);
      std::erase_if(state->added, gone);
      std::erase_if(state->removed, gone);
      state->counted = false;
      continue;
    }
    RefBase& reference = RelationAccess::reference(record.entity(), relation);
    if (RelationAccess::is_unknown(reference)) continue;
    const Record* target = RelationAccess::target(reference);
    if (target == nullptr || target->state != RecordState::detached) continue;
    if (target->metadata->soft_delete_column != EntityMetadata::none && relation.owning) continue;
    RelationAccess::set_target(reference, nullptr);
    if (record.snapshot == nullptr) continue;
    for (const std::uint16_t column : relation.columns) {
      const ColumnMetadata& metadata = record.metadata->columns[column];
      session_.put_snapshot(record, metadata, ValueView::null(metadata.value_type));
    }
  }
}

void UnitOfWork::apply_collections() {
  std::vector<CollectionBase*> written;
  for (const auto& [record, relation] : collections_) {
    written.push_back(&RelationAccess::collection(record->entity(), *relation));
  }
  // Both sides of what entered or left through one of them.
  for (const auto* pairs : {&new_pairs_, &lost_pairs_, &met_pairs_}) {
    for (const PairChange& pair : *pairs) {
      written.push_back(&RelationAccess::collection(pair.owner->entity(), *pair.relation));
      if (pair.relation->other_side == nullptr) continue;
      written.push_back(
          &RelationAccess::collection(pair.target->entity(), *pair.relation->other_side));
    }
  }
  for (const Replaced& replaced : replaced_) {
    const RelationMetadata* other = replaced.relation->other_side;
    if (other == nullptr || !other->to_many()) continue;
    for (Record* record = session_.first_record(); record != nullptr; record = record->next) {
      if (!record->metadata->is_kind_of(*other->owner)) continue;
      written.push_back(&RelationAccess::collection(record->entity(), *other));
    }
  }
  std::sort(written.begin(), written.end());
  written.erase(std::unique(written.begin(), written.end()), written.end());
  for (CollectionBase* collection : written) {
    CollectionState* state = RelationAccess::state_of(*collection);
    if (state == nullptr) continue;
    if (session_.in_transaction()) session_.undo_collections_.push_back({collection, *state});
    state->changed = false;
    state->replaced = false;
    state->reordered = false;
    state->added.clear();
    state->removed.clear();
    if (!state->loaded) continue;
    state->original = state->items;
    std::sort(state->original.begin(), state->original.end());
  }
  show_pivots();
}

Task<void> Session::flush() {
  const AsyncMutex::Lock turn = co_await flushing_.lock();
  UnitOfWork work{*this};
  work.tell_before_flush();
  if (source_.plans().pools_keys()) {
    std::vector<ReservedKeys>& keys = work.find_keys_needed();
    if (!take_keys(keys)) {
      work.take_back_cascades();  // the application may go on meanwhile
      Task<void> requesting = request_keys(keys);
      co_await std::move(requesting);
    }
  }
  work.collect();
  work.tell_on_flush();
  if (work.empty()) {
    // What was done to collections may be what the database has already.
    const std::vector<db::Result> none;
    if (work.touches_collections()) work.apply(none);
    work.tell_after_flush();
    co_return;
  }
  work.plan();
  std::vector<db::Result> results;
  std::exception_ptr failure;
  try {
    if (work.is_one_row()) {
      // It wrote its row or nothing: no need to hold the commit back until the answer is here.
      const db::Batch::Entry& only = work.batch().entries().front();
      db::Result result = co_await write(only.statement, work.batch().parameters(only));
      if (result.affected_rows() == 0 && result.row_count() == 0) failure = work.lock_error(0);
      results.push_back(std::move(result));
    } else {
      results = co_await write(work.batch());
    }
  } catch (const db::RowCountMismatch& mismatch) {
    failure = work.lock_error(mismatch.details().batch_index);
  }
  if (failure != nullptr) std::rethrow_exception(failure);
  work.require_carried(results);
  work.apply(results);
  work.tell_after_flush();
}

}  // namespace roost::orm::detail
