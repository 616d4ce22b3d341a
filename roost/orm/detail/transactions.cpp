// Transactions of a session, what it writes without one, and what a rollback takes back.
#include <roost/orm/detail/column_access.hpp>
#include <roost/orm/detail/session.hpp>
#include <roost/orm/detail/snapshot.hpp>
#include <roost/orm/errors.hpp>
#include <roost/sql/batch.hpp>
#include <roost/sql/errors.hpp>
#include <roost/sql/raw_sql.hpp>

#include <algorithm>

namespace roost::orm::detail {

namespace {

bool contains(const std::vector<Record*>& list, const Record* record) {
  return std::find(list.begin(), list.end(), record) != list.end();
}

/// The state before the flush that is taken back, and what the application said since: a row that
/// was removed stays removed, one that was kept after all is kept.
RecordState state_after_rollback(RecordState before, RecordState now, const Record& record) {
  const bool was_new = before == RecordState::added || before == RecordState::transient;
  if (now == RecordState::removed) return was_new ? RecordState::transient : RecordState::removed;
  if (before == RecordState::removed && now == RecordState::added) {
    return Session::state_of_kept_row(record);
  }
  return before;
}

/// How often a write is sent that the database refuses because others were in its way.
constexpr int most_sendings = 10;

/// A number for PostgreSQL's advisory locks that nobody else is likely to use.
constexpr std::int64_t turn_lock = 0x726f'6f73'7421'0001;

/// Those that a deadlock ended come one after the other, whatever process they are in: together
/// they would meet in the next one.
Task<void> wait_for_turn(db::Transaction& transaction, const std::exception_ptr& refusal) {
  const db::DatabaseError* error = db::database_error(refusal);
  if (error == nullptr || error->kind() != db::ErrorKind::deadlock_detected) co_return;
  if (transaction.dialect().kind() != db::DialectKind::postgresql) co_return;
  co_await transaction.execute(sql("select pg_advisory_xact_lock({})", turn_lock));
}

Task<std::vector<db::Result>> write_again(db::Database& database, const db::Batch& batch,
                                          std::exception_ptr refusal) {
  for (int sending = 2;; ++sending) {
    try {
      const Owned<db::Transaction> transaction = co_await database.begin();
      co_await wait_for_turn(*transaction, refusal);
      std::vector<db::Result> results = co_await transaction->commit(batch, db::ExecuteOptions{});
      co_return results;
    } catch (...) {
      refusal = std::current_exception();
    }
    if (sending == most_sendings || !db::detail::may_retry(refusal)) {
      std::rethrow_exception(refusal);
    }
  }
}

}  // namespace

/// Without a transaction around it, what the database refused so has written nothing, and nobody
/// has read anything that it was based on.
bool Session::goes_again(const std::exception_ptr& refusal) {
  return &executor() == &source_.database() && db::detail::may_retry(refusal);
}

Task<db::Result> Session::write(const db::Statement& statement,
                                std::span<const db::ValueView> parameters) {
  std::exception_ptr refusal;
  try {
    db::Result result = co_await executor().execute(statement, parameters);
    co_return result;
  } catch (...) {
    refusal = std::current_exception();
  }
  if (!goes_again(refusal)) std::rethrow_exception(refusal);
  db::Batch batch;
  batch.add(statement, parameters);
  std::vector<db::Result> results = co_await write_again(source_.database(), batch, refusal);
  co_return std::move(results.front());
}

Task<std::vector<db::Result>> Session::write(const db::Batch& batch) {
  std::exception_ptr refusal;
  try {
    std::vector<db::Result> results = co_await executor().execute(batch);
    co_return results;
  } catch (...) {
    refusal = std::current_exception();
  }
  if (!goes_again(refusal)) std::rethrow_exception(refusal);
  std::vector<db::Result> results = co_await write_again(source_.database(), batch, refusal);
  co_return results;
}

Task<void> Session::begin(db::TransactionOptions options) {
  if (!levels_.empty()) {
    // What waits belongs to the outer level: a rollback of the inner one must not lose it.
    Task<void> flushing = flush();
    co_await std::move(flushing);
    const db::Savepoint savepoint = co_await transaction_->savepoint();
    levels_.push_back({undo_.size(), undo_collections_.size(), true, savepoint});
    co_return;
  }
  transaction_ = co_await source_.database().begin(options);
  levels_.push_back({0, 0, false, db::Savepoint{0}});
}

Task<void> Session::commit() {
  if (levels_.empty()) throw UsageError("no transaction is open: commit() belongs to begin()");
  Task<void> flushing = flush();
  co_await std::move(flushing);
  const Level level = levels_.back();
  if (level.has_savepoint) {
    co_await transaction_->release(level.savepoint);
    levels_.pop_back();
    co_return;
  }
  co_await transaction_->commit();
  levels_.pop_back();
  transaction_.reset();
  undo_.clear();
  undo_collections_.clear();
}

Task<void> Session::rollback() {
  if (levels_.empty()) co_return;
  const Level level = levels_.back();
  levels_.pop_back();
  restore(level);
  if (level.has_savepoint) {
    co_await transaction_->rollback_to(level.savepoint);
    co_await transaction_->release(level.savepoint);
    co_return;
  }
  Owned<db::Transaction> ended = std::move(transaction_);
  co_await ended->rollback();
}

/// Of an unread one to many collection: those that still refer to its owner.
void Session::keep_members(CollectionBase& collection) {
  CollectionState& state = RelationAccess::state(collection);
  const Record* owner = RelationAccess::owner(collection);
  const RelationMetadata& relation = relation_at(*owner, &collection);
  if (relation.kind != RelationKind::one_to_many) return;
  std::erase_if(state.added, [&](Record* item) {
    return item->orphan || item->discarded ||
           RelationAccess::target(
               RelationAccess::reference(item->entity(), *relation.other_side)) != owner;
  });
}

/// What the flush added to a collection that was replaced since is not wanted: the other side must
/// not say so.
void Session::leave_replaced(const UndoCollection& entry) {
  Record* owner = RelationAccess::owner(*entry.collection);
  const RelationMetadata& relation = relation_at(*owner, entry.collection);
  if (relation.kind != RelationKind::many_to_many || relation.other_side == nullptr) return;
  const CollectionState& now = RelationAccess::state(*entry.collection);
  for (Record* item : entry.before.added) {
    if (contains(now.items, item)) continue;
    std::erase(
        RelationAccess::state(RelationAccess::collection(item->entity(), *relation.other_side))
            .added,
        owner);
  }
}

void Session::restore_collection(UndoCollection& entry) {
  CollectionState& state = RelationAccess::state(*entry.collection);
  state.replaced = entry.before.replaced;
  if (state.loaded && !entry.before.loaded) {
    // Loaded after the flush that is taken back: what this one wrote is in what was read. Nobody
    // knows which of these the database had before: as original counts what is not wanted, so
    // that it is deleted; what is wanted is inserted unless it is there.
    for (const auto* written : {&entry.before.added, &entry.before.removed}) {
      for (Record* item : *written) {
        std::erase(state.original, item);
        if (!contains(state.items, item)) state.original.push_back(item);
      }
    }
    std::sort(state.original.begin(), state.original.end());
  } else {
    state.original = std::move(entry.before.original);
  }
  if (state.loaded) {
    // The order may differ from what the database has again.
    const Record& owner = *RelationAccess::owner(*entry.collection);
    state.reordered = relation_at(owner, entry.collection).keeps_order;
    return;
  }
  // What the application did since the flush counts, and comes after what was there before.
  const auto said = [&state](const Record* item) {
    return contains(state.added, item) || contains(state.removed, item);
  };
  std::vector<Record*> added = std::move(entry.before.added);
  std::vector<Record*> removed = std::move(entry.before.removed);
  std::erase_if(added, said);
  std::erase_if(removed, said);
  state.added.insert(state.added.begin(), added.begin(), added.end());
  state.removed.insert(state.removed.end(), removed.begin(), removed.end());
}

/// A row that was written by its key and then read, after the write that is taken back.
void Session::restore_read_row(const UndoEntry& entry) {
  Record& record = *entry.record;
  const EntityMetadata& entity = *record.metadata;
  db::Scratch scratch;
  for (const ColumnMetadata& column : entity.columns) {
    if (((entry.loaded >> column.index) & 1U) == 0) continue;
    // What it referred to before is not known unless `with_key` said it: a value that differs, so
    // that it is written in any case.
    const db::ValueView before = snapshot_value(entry.snapshot, column);
    const bool refers = !bind_column(column, record, scratch).is_null();
    put_snapshot(record, column,
                 !before.is_null() ? before
                 : refers          ? db::ValueView::null(column.value_type)
                                   : db::ValueView::text("\x01"));
  }
  if (entity.version_column == EntityMetadata::none) return;
  const ColumnMetadata& version = entity.columns[entity.version_column];
  const std::int64_t before = snapshot_value(record.snapshot, version).integer() - 1;
  put_snapshot(record, version, db::ValueView::int64(before));
  read_column(version, record.entity(), db::ValueView::int64(before));
}

void Session::restore_record(const UndoEntry& entry) {
  Record& record = *entry.record;
  const EntityMetadata& entity = *record.metadata;
  if (entry.state == RecordState::added || entry.state == RecordState::transient) {
    identity_map_.erase(record);
    if (entry.clear_identity) {
      read_column(entity.columns[entity.identity_column], record.entity(), db::ValueView::int64(0));
    }
  } else if (!record.in_map && record.state == RecordState::detached) {
    identity_map_.insert(record);
  }
  if (entry.state == RecordState::reference && record.was_read()) return restore_read_row(entry);
  record.snapshot = entry.snapshot;
  record.loaded = entry.loaded;
  record.touched = entry.touched;
  const bool was_removed_since = record.state == RecordState::removed;
  record.state = state_after_rollback(entry.state, record.state, record);
  if (was_removed_since && record.state == RecordState::transient) record.discarded = true;
  if (entity.version_column == EntityMetadata::none) return;
  // The version is the flush's, not the application's.
  const db::ValueView before =
      record.was_read() ? snapshot_value(record.snapshot, entity.columns[entity.version_column])
                        : db::ValueView::int64(0);
  read_column(entity.columns[entity.version_column], record.entity(), before);
}

/// Snapshots, keys and states as they were when the level began. What the application wrote into
/// the entities stays, and differs from the snapshots again.
void Session::restore(const Level& level) {
  std::vector<UndoCollection> replaced;
  std::vector<CollectionBase*> restored;
  while (undo_collections_.size() > level.undo_collections) {
    UndoCollection entry = std::move(undo_collections_.back());
    undo_collections_.pop_back();
    CollectionState& state = RelationAccess::state(*entry.collection);
    state.changed = true;
    if (state.replaced) {
      // Replaced since: whatever the flush did to it goes with all that the database has.
      replaced.push_back(std::move(entry));
    } else {
      restore_collection(entry);
      restored.push_back(entry.collection);
    }
  }
  for (const UndoCollection& entry : replaced) leave_replaced(entry);
  while (undo_.size() > level.undo_entries) {
    const UndoEntry entry = undo_.back();
    undo_.pop_back();
    restore_record(entry);
  }
  for (CollectionBase* collection : restored) keep_members(*collection);
}

}  // namespace roost::orm::detail
