// Keeps both sides of relations in step when the application changes one of them.
#include <roost/orm/detail/column_access.hpp>
#include <roost/orm/detail/session.hpp>
#include <roost/orm/detail/snapshot.hpp>
#include <roost/orm/errors.hpp>

#include <algorithm>
#include <new>
#include <string>

namespace roost::orm::detail {

namespace {

bool contains(const std::vector<Record*>& list, const Record* record) {
  return std::find(list.begin(), list.end(), record) != list.end();
}

/// Of a collection that is not loaded nobody knows whether the database has the pair: taking out
/// what was put in before does not mean that it is not there.
void note_pair(CollectionState& state, Record& item, bool enters) {
  std::vector<Record*>& here = enters ? state.added : state.removed;
  std::erase(enters ? state.removed : state.added, &item);
  if (!contains(here, &item) && (enters || !item.is_new())) here.push_back(&item);
  state.counted = false;
}

/// An item that is appended may have been elsewhere in the order: all pairs are written again.
void note_new_place(CollectionState& state, const RelationMetadata& relation, Record& item) {
  if (!relation.keeps_order ||
      !std::binary_search(state.original.begin(), state.original.end(), &item)) {
    return;
  }
  state.reordered = true;
  state.changed = true;
}

[[noreturn]] void refuse_part(const Record& owner, const RelationMetadata& relation) {
  throw UsageError(std::string{owner.metadata->name} + "::" + std::string{relation.name} +
                   " holds a part of its items only and cannot be changed: reload it first");
}

/// May the reference refer to such an entity?
bool accepts(const RelationMetadata& relation, const EntityMetadata& entity) {
  return relation.is_any() ? relation.choice_for(entity) != nullptr
                           : entity.is_kind_of(*relation.target);
}

bool has_other_side(const RelationMetadata& relation) {
  return relation.other_side != nullptr ||
         std::any_of(relation.choices.begin(), relation.choices.end(),
                     [](const auto& choice) { return choice.other_side != nullptr; });
}

/// The side of the relation on which it meets this entity: of an AnyRef another one for each class.
const RelationMetadata* other_side_at(const RelationMetadata& relation, const Record* target) {
  if (!relation.is_any()) return relation.other_side;
  return target == nullptr ? nullptr : relation.when_to(*target->metadata).other_side;
}

/// The reference of the items to which the other side of a collection belongs, as a whole.
const RelationMetadata& reference_of(const Record& item, const RelationMetadata& many) {
  return item.metadata->relations[many.other_side->index];
}

/// Throws UsageError when what the column is to hold is not known of the target.
void require_known(const RelationMetadata& relation, const Record& target) {
  if (!relation.by_unique) return require_key(target);
  const std::uint16_t column = relation.target_columns.front();
  if (target.has_content() || target.known_by == column) return;
  throw UsageError(std::string{relation.owner->name} + "::" + std::string{relation.name} +
                   " refers to the " + std::string{target.metadata->columns[column].members[0]} +
                   " of " + name_of(target) +
                   ", which is not loaded: load it, or use reference_by");
}

/// The items as they stand when what stays keeps its place and what is new comes last.
std::vector<Record*> in_order(const std::vector<Record*>& before,
                              const std::vector<Record*>& items) {
  std::vector<Record*> all;
  for (Record* item : before) {
    if (contains(items, item)) all.push_back(item);
  }
  for (Record* item : items) {
    if (!contains(before, item)) all.push_back(item);
  }
  return all;
}

}  // namespace

void Session::touch(Record& holder, const RelationMetadata& relation) {
  if (holder.state != RecordState::reference || !relation.owning) return;
  const EntityMetadata& entity = *holder.metadata;
  const RelationMetadata& whole =
      relation.is_choice() ? entity.relations[relation.index] : relation;
  if (holder.snapshot == nullptr) {
    // For the class, too, that the row may turn out to be.
    holder.snapshot = make_snapshot(entity.family_snapshot_size, arena_);
    for (const ColumnMetadata& column : entity.columns) {
      put_snapshot(holder, column, db::ValueView::null(column.value_type));
    }
  }
  db::Scratch scratch;
  for (const std::uint16_t index : whole.columns) {
    if (((holder.loaded >> index) & 1U) != 0) continue;
    // What is known, by `with_key`, of the key that it gives up.
    const ColumnMetadata& column = entity.columns[index];
    put_snapshot(holder, column, bind_column(column, holder, scratch));
    holder.loaded |= std::uint64_t{1} << index;
  }
  holder.touched = true;
}

void Session::set_far_side(Record& holder, const RelationMetadata& relation, Record* target) {
  touch(holder, relation);
  RelationAccess::set_target(RelationAccess::reference(holder.entity(), relation), target);
}

const RelationMetadata& Session::relation_at(const Record& owner, const void* member) {
  const auto offset = static_cast<std::size_t>(static_cast<const std::byte*>(member) -
                                               static_cast<const std::byte*>(owner.entity()));
  for (const RelationMetadata& relation : owner.metadata->relations) {
    if (relation.offset == offset) return relation;
  }
  throw UsageError("a relation of " + std::string{owner.metadata->name} + " was moved in memory");
}

void Session::leave_collection(Record* parent, const RelationMetadata& many, Record& item) {
  if (parent == nullptr) return;
  CollectionBase& collection = RelationAccess::collection(parent->entity(), many);
  CollectionState* state = RelationAccess::state_of(collection);
  if (collection.is_loaded()) {
    if (state != nullptr) std::erase(state->items, &item);
    return;
  }
  state = &RelationAccess::state(collection);
  if (std::erase(state->added, &item) == 0 && !contains(state->removed, &item)) {
    state->removed.push_back(&item);
  }
  state->changed = true;
  state->counted = false;
}

void Session::enter_collection(Record* parent, const RelationMetadata& many, Record& item) {
  if (parent == nullptr) return;
  CollectionBase& collection = RelationAccess::collection(parent->entity(), many);
  if (!collection.is_loaded()) {
    // Its row appears when the collection is loaded; until the flush it must not be lost then.
    CollectionState& state = RelationAccess::state(collection);
    if (std::erase(state.removed, &item) == 0 && !contains(state.added, &item)) {
      state.added.push_back(&item);
    }
    state.changed = true;
    state.counted = false;
    return;
  }
  CollectionState& state = RelationAccess::state(collection);
  // One that is being made is in no collection yet: importing many must not search each time.
  if (&item == fresh_ || !contains(state.items, &item)) state.items.push_back(&item);
}

void Session::reference_changed(Record& owner, RefBase& reference, std::uintptr_t before) {
  const RelationMetadata& relation = relation_at(owner, &reference);
  auto* old_target = reinterpret_cast<Record*>(before);
  Record* new_target = RelationAccess::target(reference);
  if (new_target != nullptr && !accepts(relation, *new_target->metadata)) {
    RelationAccess::set_target(reference, old_target);
    throw UsageError(std::string{owner.metadata->name} + "::" + std::string{relation.name} +
                     " refers to " + relation.target_names() + ", not to " +
                     std::string{new_target->metadata->name});
  }
  if (new_target != nullptr) {
    try {
      require_known(relation, *new_target);
    } catch (const UsageError&) {
      RelationAccess::set_target(reference, old_target);
      throw;
    }
  }
  if (relation.kind == RelationKind::one_to_one) {
    return move_one_to_one(owner, relation, old_target, new_target);
  }
  if (!has_other_side(relation)) return;
  const RelationMetadata* left = other_side_at(relation, old_target);
  const RelationMetadata* entered = other_side_at(relation, new_target);
  if (left != nullptr) leave_collection(old_target, *left, owner);
  if (entered != nullptr) enter_collection(new_target, *entered, owner);
  owner.orphan =
      left != nullptr && left->orphan_removal && new_target == nullptr && old_target != nullptr;
}

void Session::move_one_to_one(Record& owner, const RelationMetadata& relation, Record* before,
                              Record* after) {
  const RelationMetadata* other = relation.other_side;
  const RelationMetadata& inverse =
      relation.owning ? (other == nullptr ? relation : *other) : relation;
  // The one that holds the column and loses its partner goes with orphan removal.
  const auto part = [&](Record& holder, Record* partner) {
    if (other != nullptr && inverse.orphan_removal && partner != nullptr) holder.orphan = true;
  };
  if (other != nullptr && before != nullptr) {
    RefBase& back = RelationAccess::reference(before->entity(), *other);
    if (!RelationAccess::is_unknown(back) && RelationAccess::target(back) == &owner) {
      set_far_side(*before, *other, nullptr);
      if (relation.owning) {
        if (after == nullptr) part(owner, before);
      } else {
        part(*before, &owner);
      }
    }
  }
  if (after == nullptr) return;
  if (relation.owning) owner.orphan = false;
  if (!relation.owning) after->orphan = false;
  if (other == nullptr) return;
  RefBase& back = RelationAccess::reference(after->entity(), *other);
  Record* former = RelationAccess::is_unknown(back) ? nullptr : RelationAccess::target(back);
  set_far_side(*after, *other, &owner);
  if (former == nullptr || former == &owner) return;
  RefBase& lost = RelationAccess::reference(former->entity(), relation);
  if (!RelationAccess::is_unknown(lost) && RelationAccess::target(lost) == after) {
    set_far_side(*former, relation, nullptr);
    if (relation.owning) part(*former, after);
  }
}

void Session::leave_other_sides(Record& record) {
  for (const RelationMetadata& relation : record.metadata->relations) {
    if (relation.to_many() || !relation.owning || !has_other_side(relation)) continue;
    Record* target = RelationAccess::target(RelationAccess::reference(record.entity(), relation));
    const RelationMetadata* other = other_side_at(relation, target);
    if (target == nullptr || other == nullptr) continue;
    if (relation.kind == RelationKind::many_to_one) {
      leave_collection(target, *other, record);
      continue;
    }
    RefBase& back = RelationAccess::reference(target->entity(), *relation.other_side);
    if (!RelationAccess::is_unknown(back) && RelationAccess::target(back) == &record) {
      RelationAccess::set_target(back, nullptr);
    }
  }
}

void Session::return_to_other_sides(Record& record) {
  for (const RelationMetadata& relation : record.metadata->relations) {
    if (relation.to_many() || !relation.owning || !has_other_side(relation)) continue;
    Record* target = RelationAccess::target(RelationAccess::reference(record.entity(), relation));
    const RelationMetadata* other = other_side_at(relation, target);
    if (target == nullptr || other == nullptr) continue;
    if (relation.kind == RelationKind::many_to_one) {
      enter_collection(target, *other, record);
      continue;
    }
    RefBase& back = RelationAccess::reference(target->entity(), *relation.other_side);
    if (!RelationAccess::is_unknown(back) && RelationAccess::target(back) == nullptr) {
      RelationAccess::set_target(back, &record);
    }
  }
}

void Session::mirror_add(const RelationMetadata& relation, Record& owner, Record& item) {
  if (relation.kind == RelationKind::one_to_many) {
    RefBase& back = RelationAccess::reference(item.entity(), *relation.other_side);
    Record* former = RelationAccess::target(back);
    item.orphan = false;
    if (former == &owner) return;
    const RelationMetadata* left = other_side_at(reference_of(item, relation), former);
    if (former != nullptr && left != nullptr) leave_collection(former, *left, item);
    set_far_side(item, *relation.other_side, &owner);
    return;
  }
  if (relation.other_side == nullptr) return;
  CollectionBase& other = RelationAccess::collection(item.entity(), *relation.other_side);
  CollectionState& state = RelationAccess::state(other);
  if (!state.loaded) return note_pair(state, owner, true);
  if (contains(state.items, &owner)) return;
  state.items.push_back(&owner);
  note_new_place(state, *relation.other_side, owner);
}

void Session::mirror_remove(const RelationMetadata& relation, Record& owner, Record& item) {
  if (relation.kind == RelationKind::one_to_many) {
    if (relation.orphan_removal) {
      item.orphan = true;
      return;
    }
    set_far_side(item, *relation.other_side, nullptr);
    return;
  }
  if (relation.other_side == nullptr) return;
  CollectionBase& other = RelationAccess::collection(item.entity(), *relation.other_side);
  CollectionState& state = RelationAccess::state(other);
  if (!state.loaded) return note_pair(state, owner, false);
  std::erase(state.items, &owner);
}

bool Session::add_to(Record& owner, CollectionBase& collection, Record& item) {
  const RelationMetadata& relation = relation_at(owner, &collection);
  if (!item.metadata->is_kind_of(*relation.target)) {
    throw UsageError(std::string{owner.metadata->name} + "::" + std::string{relation.name} +
                     " holds " + std::string{relation.target->name} + ", not " +
                     std::string{item.metadata->name});
  }
  require_key(item);
  CollectionState& state = RelationAccess::state(collection);
  if (state.read_only) refuse_part(owner, relation);
  if (owner.is_new()) state.shown = true;  // what is made whole is answered whole
  if (state.loaded) {
    const bool may_be_in = relation.kind != RelationKind::one_to_many ||
                           RelationAccess::target(RelationAccess::reference(
                               item.entity(), *relation.other_side)) == &owner;
    if (may_be_in && contains(state.items, &item)) return false;
    state.items.push_back(&item);
    note_new_place(state, relation, item);
  } else {
    if (contains(state.added, &item)) return false;
    if (relation.kind == RelationKind::many_to_many) {
      note_pair(state, item, true);
    } else if (std::erase(state.removed, &item) == 0) {
      state.added.push_back(&item);
    }
  }
  state.changed = true;
  state.counted = false;
  mirror_add(relation, owner, item);
  return true;
}

bool Session::remove_from(Record& owner, CollectionBase& collection, Record& item) {
  const RelationMetadata& relation = relation_at(owner, &collection);
  require_key(item);
  CollectionState& state = RelationAccess::state(collection);
  if (state.read_only) refuse_part(owner, relation);
  if (relation.kind == RelationKind::one_to_many && !relation.orphan_removal &&
      !relation.other_side->nullable) {
    throw UsageError(name_of(item) + " cannot leave " + std::string{owner.metadata->name} +
                     "::" + std::string{relation.name} + ": " + std::string{relation.target->name} +
                     "::" + std::string{relation.other_side->name} +
                     " is not nullable; remove the entity, or say orphan_removal");
  }
  if (state.loaded) {
    if (std::erase(state.items, &item) == 0) return false;
  } else if (contains(state.removed, &item)) {
    return false;
  } else if (relation.kind == RelationKind::many_to_many) {
    note_pair(state, item, false);
  } else if (std::erase(state.added, &item) == 0) {
    state.removed.push_back(&item);
  }
  state.changed = true;
  state.counted = false;
  mirror_remove(relation, owner, item);
  return true;
}

void Session::clear_collection(Record& owner, CollectionBase& collection) {
  set_collection(owner, collection, {});
}

/// Of a collection that is replaced unread: the items that are here all the same. Pairs that stay
/// keep their place in the collections of the other side: the new items are known.
void Session::leave_unread(Record& owner, const RelationMetadata& relation) {
  if (relation.other_side == nullptr) return;
  const std::vector<Record*>& staying =
      RelationAccess::state(RelationAccess::collection(owner.entity(), relation)).items;
  for (Record* record = first_; record != nullptr; record = record->next) {
    if (!record->metadata->is_kind_of(*relation.target) || record->state == RecordState::detached ||
        record->state == RecordState::removed) {
      continue;
    }
    if (relation.kind == RelationKind::one_to_many) {
      const RefBase& back = RelationAccess::reference(record->entity(), *relation.other_side);
      if (RelationAccess::target(back) == &owner) mirror_remove(relation, owner, *record);
      continue;
    }
    const CollectionState* other = RelationAccess::state_of(
        RelationAccess::collection(record->entity(), *relation.other_side));
    if (other != nullptr && contains(other->items, &owner) && !contains(staying, record)) {
      mirror_remove(relation, owner, *record);
    }
  }
}

void Session::set_collection(Record& owner, CollectionBase& collection,
                             std::vector<Record*> items) {
  const RelationMetadata& relation = relation_at(owner, &collection);
  CollectionState& state = RelationAccess::state(collection);
  if (state.read_only) refuse_part(owner, relation);
  if (state.loaded) {
    if (state.items == items) return;
    const std::vector<Record*> before = state.items;
    for (Record* item : before) {
      if (!contains(items, item)) remove_from(owner, collection, *item);
    }
    for (Record* item : items) add_to(owner, collection, *item);
    if (relation.keeps_order && items != in_order(before, items)) {
      state.reordered = true;
      state.changed = true;
    }
    state.items = std::move(items);
    return;
  }
  if (relation.kind == RelationKind::one_to_many && !relation.orphan_removal &&
      !relation.other_side->nullable) {
    throw UsageError("the items of " + std::string{owner.metadata->name} +
                     "::" + std::string{relation.name} + " cannot leave it, since " +
                     std::string{relation.target->name} +
                     "::" + std::string{relation.other_side->name} +
                     " is not nullable: load it first, or say orphan_removal");
  }
  // Whatever the database holds is to go, without being read.
  const std::vector<Record*> waiting = std::move(state.added);
  for (Record* item : waiting) {
    const bool stays = relation.kind == RelationKind::many_to_many && contains(items, item);
    if (!stays) mirror_remove(relation, owner, *item);
  }
  state.items = items;
  leave_unread(owner, relation);
  state.added.clear();
  state.removed.clear();
  state.original.clear();
  state.items.clear();
  state.loaded = true;
  state.replaced = true;
  state.changed = true;
  for (Record* item : items) add_to(owner, collection, *item);
}

}  // namespace roost::orm::detail
