// When a query comes too early: whether something waits that it ought to see, and versions that are
// not what the application expects.
#include <roost/orm/detail/column_access.hpp>
#include <roost/orm/detail/session.hpp>
#include <roost/orm/detail/snapshot.hpp>
#include <roost/orm/errors.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace roost::orm::detail {

namespace {

using Classes = std::vector<const EntityMetadata*>;

bool contains(const Classes& roots, const EntityMetadata& entity) {
  return roots.empty() || std::find(roots.begin(), roots.end(), entity.root) != roots.end();
}

/// Collections that were changed write the rows of their items, or pairs.
bool has_changed_collection(Record& record, const Classes& roots) {
  for (const RelationMetadata& relation : record.metadata->relations) {
    if (!relation.to_many()) continue;
    const CollectionState* state =
        RelationAccess::state_of(RelationAccess::collection(record.entity(), relation));
    if (state == nullptr || !state->changed) continue;
    if (contains(roots, *record.metadata) || contains(roots, *relation.target)) return true;
  }
  return false;
}

}  // namespace

bool Session::something_waits(const std::vector<const EntityMetadata*>& roots) const {
  for (Record* record = first_; record != nullptr; record = record->next) {
    if (record->state == RecordState::detached || record->state == RecordState::transient) continue;
    if (has_changed_collection(*record, roots)) return true;
    if (!contains(roots, *record->metadata)) continue;
    if (record->state == RecordState::added || record->state == RecordState::removed ||
        record->orphan || is_changed(*record)) {
      return true;
    }
  }
  return false;
}

bool Session::must_flush_before(const EntityMetadata& entity, const FindOptions& options) const {
  const FlushMode mode = options.has_flush_mode ? options.flush_mode : flush_mode_;
  if (mode == FlushMode::manual || first_ == nullptr) return false;
  Classes roots;
  if (mode == FlushMode::always) return something_waits(roots);
  roots.push_back(entity.root);
  for (const PopulatePath& path : options.populate) {
    const EntityMetadata* at = &entity;
    const std::span<const db::PathStep> steps = path.path->steps();
    for (std::size_t i = 0; i < steps.size(); ++i) {
      const RelationMetadata* relation = at->find_relation(steps[i].member);
      if (relation == nullptr) break;
      relation->each_target([&](const EntityMetadata& target) { roots.push_back(target.root); });
      if (i + 1 == steps.size()) break;
      if (relation->is_any()) relation = relation->choice_with(steps[i + 1].owner());
      if (relation == nullptr) break;
      at = relation->target;
    }
  }
  return something_waits(roots);
}

void Session::require_version(const Record& record, std::int64_t version) const {
  const EntityMetadata& entity = *record.metadata;
  const std::string name = name_of(record);
  if (entity.version_column == EntityMetadata::none) {
    throw OptimisticLockError(
        std::string{entity.name} + " has no version: name a member with versioned_by<…>()",
        std::string{entity.name}, name);
  }
  db::Scratch scratch;
  const ColumnMetadata& column = entity.columns[entity.version_column];
  const std::int64_t present = record.snapshot != nullptr
                                   ? snapshot_value(record.snapshot, column).integer()
                                   : bind_column(column, record, scratch).integer();
  if (present == version) return;
  throw OptimisticLockError(name + " was changed by somebody else: version " +
                                std::to_string(version) + " was expected, it has version " +
                                std::to_string(present),
                            std::string{entity.name}, name);
}

}  // namespace roost::orm::detail
