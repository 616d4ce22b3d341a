// The records of a session: their making, their keys, their snapshots.
#include <roost/base/uuid.hpp>
#include <roost/orm/detail/column_access.hpp>
#include <roost/orm/detail/session.hpp>
#include <roost/orm/detail/snapshot.hpp>
#include <roost/orm/errors.hpp>

#include <algorithm>
#include <cstring>
#include <new>

namespace roost::orm::detail {

using db::ValueView;

Session::~Session() {
  for (Record* record = first_; record != nullptr;) {
    Record* next = record->next;
    record->metadata->type->destroy(record->entity());
    record = next;
  }
}

db::Executor& Session::executor() {
  if (transaction_ != nullptr) return *transaction_;
  if (outer_ != nullptr) return *outer_;
  return source_.database();
}

Record& Session::make(const EntityMetadata& entity, void* source, RecordState state) {
  const reflect::TypeDescriptor& type = *entity.type;
  if (type.construct == nullptr || type.move_assign == nullptr || type.destroy == nullptr) {
    throw UsageError(std::string{entity.name} +
                     " cannot be an entity: it needs a default constructor and move assignment");
  }
  // What a row that is only referred to turns out to be must fit in.
  const std::size_t size = state == RecordState::reference ? entity.room : type.size;
  std::byte* memory = arena_.allocate(sizeof(Record) + size);
  auto* record = ::new (memory) Record;
  record->session = this;
  record->metadata = &entity;
  record->state = state;
  record->loaded = ~std::uint64_t{0};
  type.construct(record->entity());
  if (last_ == nullptr) {
    first_ = record;
  } else {
    last_->next = record;
  }
  last_ = record;
  if (source != nullptr) type.move_assign(record->entity(), source);
  fresh_ = record;
  attach_relations(*record);
  fresh_ = nullptr;
  return *record;
}

void Session::attach_relations(Record& record) {
  for (const RelationMetadata& relation : record.metadata->relations) {
    if (relation.to_many()) {
      CollectionBase& collection = RelationAccess::collection(record.entity(), relation);
      RelationAccess::set_owner(collection, &record);
      CollectionState* state = RelationAccess::state_of(collection);
      if (state == nullptr) continue;
      std::vector<const void*> waiting = std::move(state->unresolved);
      state->unresolved.clear();
      state->loaded = record.is_new();
      for (const void* entity : waiting) add_to(record, collection, record_of(entity));
    } else {
      RefBase& reference = RelationAccess::reference(record.entity(), relation);
      RelationAccess::set_owner(reference, &record);
      Record* referred =
          RelationAccess::is_unknown(reference) ? nullptr : RelationAccess::target(reference);
      RelationAccess::set_shown(reference, false);
      if (referred == nullptr) {
        RelationAccess::set_target(reference, nullptr);
        continue;
      }
      RelationAccess::set_target(reference, &record_of(referred->entity()));
      reference_changed(record, reference, 0);
    }
  }
}

bool Session::owns(const void* entity) const {
  const auto* before = static_cast<const std::byte*>(entity) - sizeof(Record);
  if (reinterpret_cast<std::uintptr_t>(entity) % alignof(Record) != 0) return false;
  if (!arena_.owns(before)) return false;
  const Record* record = Record::of(entity);
  return record->session == this && record->metadata != nullptr;
}

Record& Session::record_of(const void* entity) const {
  if (!owns(entity)) {
    throw UsageError(
        "this object is no entity of this entity manager: make entities with create<T>(…), or find "
        "them, with the manager that is to store them");
  }
  return *Record::of(const_cast<void*>(entity));
}

Record& Session::create(const EntityMetadata& entity, void* source, bool persist) {
  Record& record = make(entity, source, persist ? RecordState::added : RecordState::transient);
  if (entity.primary_key.size() == 1) {
    const ColumnMetadata& key = entity.columns[entity.primary_key.front()];
    if (key.client_uuid && key.type->kind == reflect::TypeKind::text) {
      auto& uuid = *reinterpret_cast<Uuid*>(static_cast<std::byte*>(record.entity()) + key.offset);
      if (uuid == Uuid{}) uuid = Uuid::time_ordered();
    }
  }
  if (persist) register_key(record);
  return record;
}

void Session::register_key(Record& record) {
  const EntityMetadata& entity = *record.metadata;
  if (entity.identity_column != EntityMetadata::none || record.in_map || !has_key(record)) return;
  db::Scratch scratch;
  std::vector<ValueView> key;
  for (const std::uint16_t index : entity.primary_key) {
    key.push_back(bind_column(entity.columns[index], record, scratch));
  }
  if (identity_map_.find(entity, key) == nullptr) identity_map_.insert(record);
}

RecordState Session::state_of_kept_row(const Record& record) {
  if (record.was_read()) return RecordState::managed;
  return record.loaded != 0 && !record.touched ? RecordState::read_only : RecordState::reference;
}

void Session::persist(Record& record) {
  switch (record.state) {
    case RecordState::transient:
      record.state = RecordState::added;
      register_key(record);
      return_to_other_sides(record);
      break;
    case RecordState::removed:
      record.state = state_of_kept_row(record);
      return_to_other_sides(record);
      break;
    case RecordState::detached:
      record.snapshot = nullptr;
      record.state = RecordState::added;
      break;
    default:
      break;
  }
  record.orphan = false;
  record.discarded = false;
}

void Session::remove(Record& record) {
  switch (record.state) {
    case RecordState::added:
    case RecordState::transient:
      record.state = RecordState::transient;
      record.discarded = true;
      identity_map_.erase(record);
      break;
    case RecordState::detached:
      throw UsageError(name_of(record) + " is not stored: nothing can be removed");
    case RecordState::removed:
      return;
    default:
      require_key(record);
      record.state = RecordState::removed;
      break;
  }
  leave_other_sides(record);
}

Record& Session::reference(const EntityMetadata& entity, std::span<const ValueView> key) {
  if (key.size() != entity.primary_key.size()) {
    throw UsageError("the key of " + std::string{entity.name} + " has " +
                     std::to_string(entity.primary_key.size()) + " parts, not " +
                     std::to_string(key.size()));
  }
  const std::uint64_t hash = IdentityMap::hash_of(entity, key);
  if (Record* known = identity_map_.find(entity, key, hash)) {
    if (known->metadata != &entity && !known->metadata->is_kind_of(entity)) narrow(*known, entity);
    return *known;
  }
  Record& record = make(entity, nullptr, RecordState::reference);
  record.loaded = 0;
  write_key(record, key);
  forget_partners(record);
  identity_map_.insert(record, hash);
  return record;
}

void Session::forget_partners(Record& record) {
  for (const RelationMetadata& relation : record.metadata->relations) {
    if (!relation.to_many() && !relation.owning) {
      RelationAccess::set_unknown(RelationAccess::reference(record.entity(), relation));
    }
  }
}

void Session::write_key(Record& record, std::span<const ValueView> key) {
  const EntityMetadata& entity = *record.metadata;
  for (std::size_t i = 0; i < key.size(); ++i) {
    const ColumnMetadata& column = entity.columns[entity.primary_key[i]];
    if (column.access != ColumnAccess::reference) {
      read_column(column, record.entity(), key[i]);
      continue;
    }
    // A key that is a reference: to the entity with that key.
    const RelationMetadata& relation = entity.relations[column.relation];
    if (column.target_column != 0) continue;
    const std::size_t parts = relation.columns.size();
    Record& target = reference(*relation.target, key.subspan(i, parts));
    RelationAccess::set_target(RelationAccess::reference(record.entity(), relation), &target);
  }
}

void Session::narrow(Record& record, const EntityMetadata& entity) {
  const EntityMetadata& before = *record.metadata;
  if (record.state != RecordState::reference || !entity.is_kind_of(before)) {
    throw UsageError(name_of(record) + " is known here as a " + std::string{before.name} +
                     " and cannot be used as a " + std::string{entity.name});
  }
  std::vector<ValueView> key;
  {
    db::Scratch scratch;
    for (const std::uint16_t index : before.primary_key) {
      key.push_back(keep(bind_column(before.columns[index], record, scratch), arena_));
    }
  }
  // What the application did to its relations stays.
  std::vector<std::uintptr_t> references(before.relations.size());
  std::vector<std::unique_ptr<CollectionState>> collections(before.relations.size());
  for (const RelationMetadata& relation : before.relations) {
    void* object = record.entity();
    if (relation.to_many()) {
      collections[relation.index] =
          RelationAccess::take_state(RelationAccess::collection(object, relation));
    } else {
      references[relation.index] =
          RelationAccess::bits(RelationAccess::reference(object, relation));
    }
  }
  before.type->destroy(record.entity());
  record.metadata = &entity;
  entity.type->construct(record.entity());
  for (const RelationMetadata& relation : entity.relations) {
    void* object = record.entity();
    const bool inherited = relation.index < before.relations.size();
    if (relation.to_many()) {
      CollectionBase& collection = RelationAccess::collection(object, relation);
      RelationAccess::set_owner(collection, &record);
      if (inherited) RelationAccess::set_state(collection, std::move(collections[relation.index]));
      continue;
    }
    RefBase& reference = RelationAccess::reference(object, relation);
    RelationAccess::set_owner(reference, &record);
    if (inherited) {
      RelationAccess::set_bits(reference, references[relation.index]);
    } else if (!relation.owning) {
      RelationAccess::set_unknown(reference);
    }
  }
  write_key(record, key);
}

void Session::forget(Record& record) {
  leave_other_sides(record);
  identity_map_.erase(record);
  record.state = RecordState::detached;
  record.snapshot = nullptr;
}

void Session::clear() {
  for (Record* record = first_; record != nullptr; record = record->next) {
    record->state = RecordState::detached;
    record->snapshot = nullptr;
  }
  identity_map_.clear();
}

void Session::put_snapshot(Record& record, const ColumnMetadata& column, const ValueView& value) {
  detail::put_snapshot(record.snapshot, column, value, arena_);
}

void Session::take_snapshot(Record& record) {
  const EntityMetadata& entity = *record.metadata;
  record.snapshot = make_snapshot(entity.snapshot_size, arena_);
  db::Scratch scratch;
  const auto* start = static_cast<const std::byte*>(record.entity());
  for (const ColumnMetadata& column : entity.columns) {
    if (column.quick != QuickCompare::none) {
      put_member(record.snapshot, column, start + column.offset, arena_);
    } else {
      put_snapshot(record, column, bind_column(column, record, scratch));
    }
  }
  register_referred(record);
}

bool Session::is_changed(const Record& record) const {
  if (record.snapshot == nullptr) return false;
  db::Scratch scratch;
  return std::any_of(
      record.metadata->columns.begin(), record.metadata->columns.end(),
      [&](const ColumnMetadata& column) { return detail::is_changed(column, record, scratch); });
}

}  // namespace roost::orm::detail
