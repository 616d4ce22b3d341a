// Rows to which references refer by a unique column: known by its value before the key is known.
#include <roost/orm/detail/column_access.hpp>
#include <roost/orm/detail/session.hpp>
#include <roost/orm/errors.hpp>

namespace roost::orm::detail {

Record& Session::reference_by(const EntityMetadata& entity, std::uint16_t column,
                              const db::ValueView& value) {
  if (Record* known = identity_map_.find_by(entity, column, value)) {
    if (known->metadata != &entity && !known->metadata->is_kind_of(entity)) {
      require_key(*known);
      narrow(*known, entity);
    }
    return *known;
  }
  Record& record = make(entity, nullptr, RecordState::reference);
  record.loaded = 0;
  record.known_by = column;
  read_column(entity.columns[column], record.entity(), value);
  forget_partners(record);
  identity_map_.insert_by(record, column);
  return record;
}

void Session::register_referred(Record& record) {
  for (const std::uint16_t column : record.metadata->referred_columns) {
    if (((record.loaded >> column) & 1U) != 0) identity_map_.insert_by(record, column);
  }
}

void Session::identify(Record& stand_in, const EntityMetadata& entity,
                       std::span<const db::ValueView> key) {
  if (Record* known = identity_map_.find(entity, key)) return redirect(stand_in, *known);
  stand_in.known_by = UINT16_MAX;
  write_key(stand_in, key);
  identity_map_.insert(stand_in);
}

void Session::redirect(Record& from, Record& to) {
  for (Record* record = first_; record != nullptr; record = record->next) {
    for (const RelationMetadata& relation : record->metadata->relations) {
      if (relation.to_many() || !relation.may_refer_to(*to.metadata->root)) continue;
      RefBase& reference = RelationAccess::reference(record->entity(), relation);
      if (RelationAccess::is_unknown(reference)) continue;
      if (RelationAccess::target(reference) == &from) RelationAccess::set_target(reference, &to);
    }
  }
  // What the application let refer to it stands in its collections.
  for (const RelationMetadata& relation : from.metadata->relations) {
    if (relation.to_many()) {
      CollectionState* state =
          RelationAccess::state_of(RelationAccess::collection(from.entity(), relation));
      if (state == nullptr) continue;
      for (Record* item : state->added) enter_collection(&to, relation, *item);
      for (Record* item : state->removed) leave_collection(&to, relation, *item);
      state->added.clear();
      state->removed.clear();
      state->changed = false;
    } else if (!relation.owning) {
      const RefBase& said = RelationAccess::reference(from.entity(), relation);
      RefBase& reference = RelationAccess::reference(to.entity(), relation);
      if (!RelationAccess::is_unknown(said) && RelationAccess::is_unknown(reference)) {
        RelationAccess::set_target(reference, RelationAccess::target(said));
      }
    }
  }
  from.discarded = true;
}

}  // namespace roost::orm::detail
