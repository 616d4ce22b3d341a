// Transactions of a session, and what a rollback takes back.
#include <roost/orm/detail/column_access.hpp>
#include <roost/orm/detail/session.hpp>
#include <roost/orm/errors.hpp>

#include <algorithm>

namespace roost::orm::detail {

namespace {

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

}  // namespace

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
  std::unique_ptr<db::Transaction> ended = std::move(transaction_);
  co_await ended->rollback();
}

/// Snapshots, keys and states as they were when the level began. What the application wrote into
/// the entities stays, and differs from the snapshots again.
void Session::restore(const Level& level) {
  while (undo_collections_.size() > level.undo_collections) {
    UndoCollection& entry = undo_collections_.back();
    CollectionState& state = RelationAccess::state(*entry.collection);
    state.changed = true;
    if (state.replaced) {
      // Replaced since: whatever the flush did to it goes with all that the database has.
      undo_collections_.pop_back();
      continue;
    }
    state.replaced = entry.before.replaced;
    if (state.loaded && !entry.before.loaded) {
      // Loaded after the flush that is taken back: what this one wrote is in what was read.
      for (const Record* item : entry.before.added) std::erase(state.original, item);
      for (Record* item : entry.before.removed) state.original.push_back(item);
      std::sort(state.original.begin(), state.original.end());
    } else {
      state.original = std::move(entry.before.original);
    }
    if (!state.loaded) {
      // What the application did since the flush counts.
      const auto said = [&state](const Record* item) {
        return std::count(state.added.begin(), state.added.end(), item) +
                   std::count(state.removed.begin(), state.removed.end(), item) >
               0;
      };
      std::vector<Record*> added = std::move(entry.before.added);
      std::vector<Record*> removed = std::move(entry.before.removed);
      std::erase_if(added, said);
      std::erase_if(removed, said);
      state.added.insert(state.added.end(), added.begin(), added.end());
      state.removed.insert(state.removed.end(), removed.begin(), removed.end());
    }
    undo_collections_.pop_back();
  }
  while (undo_.size() > level.undo_entries) {
    const UndoEntry entry = undo_.back();
    undo_.pop_back();
    Record& record = *entry.record;
    const EntityMetadata& entity = *record.metadata;
    if (entry.state == RecordState::added || entry.state == RecordState::transient) {
      identity_map_.erase(record);
      if (entry.clear_identity) {
        read_column(entity.columns[entity.identity_column], record.entity(),
                    db::ValueView::int64(0));
      }
    } else if (!record.in_map && record.state == RecordState::detached) {
      identity_map_.insert(record);
    }
    record.snapshot = entry.snapshot;
    record.loaded = entry.loaded;
    record.touched = entry.touched;
    record.state = state_after_rollback(entry.state, record.state, record);
    // The version is the flush's, not the application's.
    if (entity.version_column != EntityMetadata::none) {
      const ColumnMetadata& version = entity.columns[entity.version_column];
      const db::ValueView before =
          record.was_read() ? record.snapshot[entity.version_column] : db::ValueView::int64(0);
      read_column(version, record.entity(), before);
    }
  }
}

}  // namespace roost::orm::detail
