// What references and collections say and do, whatever the type of their entities.
#include <roost/orm/detail/column_access.hpp>
#include <roost/orm/detail/relation_base.hpp>
#include <roost/orm/detail/session.hpp>
#include <roost/orm/errors.hpp>
#include <roost/sql/codec.hpp>

#include <algorithm>
#include <span>
#include <string>

namespace roost::orm::detail {

namespace {

std::string place_of(const Record* owner, const void* member) {
  if (owner == nullptr) return "the reference";
  return std::string{owner->metadata->name} +
         "::" + std::string{Session::relation_at(*owner, member).name} + " of " + name_of(*owner);
}

/// Shows the entity whole where `whole`, and always its key: these columns.
void visit_record(const Record& record, std::span<const std::uint16_t> key, bool whole,
                  void* context, reflect::VisitReferenced visit, std::string_view kind = {}) {
  const EntityMetadata& entity = *record.metadata;
  reflect::KeyPart parts[8];
  std::size_t count = 0;
  for (const std::uint16_t index : key) {
    const ColumnMetadata* column = &entity.columns[index];
    const Record* holder = &record;
    while (holder != nullptr && column->access == ColumnAccess::reference) {
      const RelationMetadata& relation = holder->metadata->relations[column->relation];
      holder = RelationAccess::target(RelationAccess::reference(holder->entity(), relation));
      if (holder != nullptr) {
        column = &holder->metadata->columns[holder->metadata->primary_key[column->target_column]];
      }
    }
    if (holder == nullptr || count == std::size(parts)) break;
    parts[count++] = {column->type,
                      static_cast<const std::byte*>(holder->entity()) + column->offset};
  }
  reflect::ReferencedObject referenced;
  referenced.type = entity.type;
  referenced.object = whole && record.has_content() ? record.entity() : nullptr;
  referenced.key = {parts, count};
  referenced.kind = kind;
  visit(context, referenced);
}

}  // namespace

const RelationRole* relation_role(const reflect::TypeDescriptor& type) {
  // Pointers to objects are of this kind as well, but have no role.
  if (type.kind != reflect::TypeKind::reference) return nullptr;
  return static_cast<const RelationRole*>(type.role);
}

Record* RelationAccess::target(const RefBase& reference) {
  if ((reference.bits_ & RefBase::unresolved_flag) != 0) {
    return Record::of(const_cast<void*>(unresolved_entity(reference)));
  }
  return reinterpret_cast<Record*>(reference.bits_ & ~RefBase::flag_mask);
}

void RelationAccess::set_target(RefBase& reference, Record* target) {
  reference.bits_ =
      reinterpret_cast<std::uintptr_t>(target) | (reference.bits_ & RefBase::shown_flag);
}

void RelationAccess::set_shown(RefBase& reference, bool shown) {
  reference.bits_ = (reference.bits_ & ~RefBase::shown_flag) | (shown ? RefBase::shown_flag : 0);
}

bool RefBase::is_loaded() const {
  if ((bits_ & unknown_flag) != 0) return false;
  const Record* target = RelationAccess::target(*this);
  return target == nullptr || (bits_ & unresolved_flag) != 0 || target->has_content();
}

void RefBase::throw_unknown() const {
  if (owner_ != nullptr && Session::relation_at(*owner_, this).owning) {
    throw NotLoadedError(place_of(owner_, this) +
                         " was left out by fields<…>: name it there, populate it, or await its "
                         "load() or load_or_null()");
  }
  throw NotLoadedError(place_of(owner_, this) +
                       " is held by the other side and has not been loaded: populate it, or await "
                       "its load() or load_or_null()");
}

void RefBase::change(std::uintptr_t bits) {
  const std::uintptr_t before = bits_;
  if (owner_ == nullptr) {
    bits_ = bits & ~shown_flag;
    return;
  }
  std::uintptr_t target = bits & ~flag_mask;
  if ((bits & unresolved_flag) != 0) {
    const auto* entity = reinterpret_cast<const void*>(target);
    target = reinterpret_cast<std::uintptr_t>(&owner_->session->record_of(entity));
  } else if (target != 0) {
    // A copy of another reference: of the same manager?
    static_cast<void>(
        owner_->session->record_of(reinterpret_cast<const Record*>(target)->entity()));
  }
  if ((before & unknown_flag) == 0 && (before & ~flag_mask) == target) return;
  bits_ = target;
  owner_->session->reference_changed(*owner_, *this,
                                     (before & unknown_flag) != 0 ? 0 : before & ~flag_mask);
}

void* RefBase::entity_in_any_state() const {
  if ((bits_ & unknown_flag) != 0) throw_unknown();
  if ((bits_ & unresolved_flag) != 0) {
    return const_cast<void*>(RelationAccess::unresolved_entity(*this));
  }
  Record* target = RelationAccess::target(*this);
  return target == nullptr ? nullptr : target->entity();
}

void* RefBase::loaded_entity() const {
  if (is_null()) {
    throw NotLoadedError(place_of(owner_, this) + " refers to nothing: ask is_null() first");
  }
  if (!is_loaded()) {
    const Record* target = RelationAccess::target(*this);
    throw NotLoadedError(place_of(owner_, this) + " is " + name_of(*target) +
                         ", which is not loaded: populate it, or await load()");
  }
  return entity_in_any_state();
}

const Record& RefBase::keyed_target(const ColumnMetadata*& column) const {
  if (is_null()) throw UsageError(place_of(owner_, this) + " refers to nothing and has no key");
  const Record* target = RelationAccess::target(*this);
  std::uint16_t index = target->known_by;
  if (owner_ != nullptr && !target->metadata->referred_columns.empty()) {
    const RelationMetadata& relation = Session::relation_at(*owner_, this);
    if (relation.by_unique) index = relation.target_columns.front();
  }
  if (index != UINT16_MAX) {
    column = &target->metadata->columns[index];
    return *target;
  }
  if (target->metadata->primary_key.size() != 1) {
    throw UsageError("the key of " + std::string{target->metadata->name} + " has several parts");
  }
  if (!has_key(*target)) {
    throw UsageError(name_of(*target) + " gets its key from the database: flush first");
  }
  column = &target->metadata->columns[target->metadata->primary_key.front()];
  return *target;
}

void RefBase::read_key(const reflect::TypeDescriptor& type, void* value) const {
  const ColumnMetadata* column = nullptr;
  const Record& target = keyed_target(column);
  db::Scratch scratch;
  db::codec_of(type).read(bind_column(*column, target, scratch), value);
}

db::Value RefBase::read_key_value() const {
  const ColumnMetadata* column = nullptr;
  const Record& target = keyed_target(column);
  db::Scratch scratch;
  return db::Value{bind_column(*column, target, scratch)};
}

Task<void*> RefBase::load_entity() {
  if (owner_ == nullptr) {
    if (is_null()) co_return nullptr;
    // One that stands alone, as EntityManager::reference gives it.
    Record* alone = RelationAccess::target(*this);
    const bool known = (bits_ & unresolved_flag) == 0;
    if (known && alone->state == RecordState::reference) {
      Task<void> loading = alone->session->load(*alone, false);
      co_await std::move(loading);
      if (alone->discarded && alone->lacks_key()) {
        // The row was here under its key.
        db::Scratch scratch;
        const ColumnMetadata& column = alone->metadata->columns[alone->known_by];
        Record* row = alone->session->identity_map().find_by(*alone->metadata, column.index,
                                                             bind_column(column, *alone, scratch));
        if (row == nullptr) co_return nullptr;
        RelationAccess::set_target(*this, row);
        alone = row;
      }
      if (!alone->has_content()) co_return nullptr;
    }
    co_return entity_in_any_state();
  }
  const bool unknown = (bits_ & unknown_flag) != 0;
  if (owner_->has_content() && (unknown || !is_loaded())) {
    Task<void> loading =
        owner_->session->load_relation(*owner_, Session::relation_at(*owner_, this));
    co_await std::move(loading);
  }
  Record* target = RelationAccess::target(*this);
  if (target == nullptr) co_return nullptr;
  if (target->state == RecordState::reference && !owner_->has_content()) {
    Task<void> loading = owner_->session->load(*target, false);
    co_await std::move(loading);
  }
  if (!target->has_content()) co_return nullptr;
  bits_ |= shown_flag;
  co_return target->entity();
}

void RefBase::throw_missing(const RefBase& reference) {
  if (reference.is_null()) {
    throw NotFoundError(place_of(reference.owner_, &reference) + " refers to nothing");
  }
  throw NotFoundError(name_of(*RelationAccess::target(reference)) + " not found");
}

bool RefBase::refers_to(const reflect::TypeDescriptor& type,
                        const reflect::TypeDescriptor* said) const {
  if (is_null()) return false;
  if ((bits_ & unresolved_flag) != 0) return said == &type;
  const EntityMetadata* at = RelationAccess::target(*this)->metadata;
  while (at != nullptr && at->type != &type) at = at->parent;
  return at != nullptr;
}

void* RefBase::loaded_entity_of(const reflect::TypeDescriptor& type,
                                const reflect::TypeDescriptor* said) const {
  if (!is_null() && !refers_to(type, said)) {
    const bool known = (bits_ & unresolved_flag) == 0;
    throw UsageError(place_of(owner_, this) + " refers to " +
                     (known ? name_of(*RelationAccess::target(*this)) : std::string{said->name}) +
                     ", which is no " + std::string{type.name} + ": ask holds<" +
                     std::string{type.name} + ">() first");
  }
  return loaded_entity();
}

void RefBase::visit_any(const void* member, void* context, reflect::VisitReferenced visit) {
  const RefBase& reference = *static_cast<const RefBase*>(member);
  if (RelationAccess::is_unknown(reference)) return;
  const Record* target = RelationAccess::target(reference);
  if (target == nullptr || target->metadata == nullptr) return;
  const EntityMetadata& entity = *target->metadata;
  std::string_view kind = entity.root->table;  // of a copy that stands alone
  if (const Record* owner = RelationAccess::owner(reference)) {
    kind = Session::relation_at(*owner, &reference).when_to(entity).choice_name;
  }
  visit_record(*target, entity.primary_key, RelationAccess::shown(reference), context, visit, kind);
}

bool RefBase::always_shown(const void* member) {
  static_cast<void>(member);
  return true;
}

const reflect::ReferenceDetails RefBase::details{
    false, &always_shown, [](const void* member, void* context, reflect::VisitReferenced visit) {
      const RefBase& reference = *static_cast<const RefBase*>(member);
      if (RelationAccess::is_unknown(reference)) return;
      const Record* target = RelationAccess::target(reference);
      if (target == nullptr || target->metadata == nullptr) return;
      const Record* owner = RelationAccess::owner(reference);
      std::span<const std::uint16_t> key{target->metadata->primary_key};
      if (target->lacks_key()) key = {&target->known_by, 1};
      if (owner != nullptr && !target->metadata->referred_columns.empty()) {
        const RelationMetadata& relation = Session::relation_at(*owner, &reference);
        if (relation.by_unique) key = relation.target_columns;
      }
      visit_record(*target, key, RelationAccess::shown(reference), context, visit);
    }};

CollectionBase::CollectionBase(const CollectionBase& other) {
  if (other.state_ == nullptr) return;
  // A copy stands on its own: it holds the same entities and changes nothing.
  state_ = make_owned<CollectionState>(*other.state_);
}

CollectionBase& CollectionBase::operator=(const CollectionBase& other) {
  if (this == &other) return *this;
  std::vector<const void*> entities;
  if (other.state_ != nullptr) {
    entities = other.state_->unresolved;
    for (Record* item : other.state_->items) entities.push_back(item->entity());
  }
  if (owner_ == nullptr && entities.empty() && state_ == nullptr) return *this;
  set_entities(entities);
  return *this;
}

CollectionState& CollectionBase::state() {
  if (state_ == nullptr) {
    state_ = make_owned<CollectionState>();
    state_->loaded = owner_ == nullptr || owner_->is_new() || owner_->inserted;
  }
  return *state_;
}

bool CollectionBase::is_loaded() const {
  if (state_ != nullptr) return state_->loaded;
  return owner_ == nullptr || owner_->is_new() || owner_->inserted;
}

const std::vector<Record*>& CollectionBase::loaded_items() const {
  static const std::vector<Record*> none;
  if (!is_loaded()) {
    throw NotLoadedError(place_of(owner_, this) +
                         " is not loaded: populate it in the find, or await its load()");
  }
  if (state_ == nullptr) return none;
  if (!state_->unresolved.empty()) {
    throw UsageError(
        "the entity of this collection belongs to no entity manager yet: make it with "
        "create<T>(…) before looking at its items");
  }
  return state_->items;
}

const void* CollectionBase::entity_of(const RefBase& reference) {
  Record* target = reference.is_null() ? nullptr : RelationAccess::target(reference);
  if (target == nullptr) {
    throw UsageError("an empty reference is no item of a collection");
  }
  return target->entity();
}

bool CollectionBase::add_entity(const void* entity) {
  if (owner_ == nullptr) {
    auto& waiting = state().unresolved;
    if (std::find(waiting.begin(), waiting.end(), entity) != waiting.end()) return false;
    waiting.push_back(entity);
    return true;
  }
  return owner_->session->add_to(*owner_, *this, owner_->session->record_of(entity));
}

bool CollectionBase::remove_entity(const void* entity) {
  if (owner_ == nullptr) return std::erase(state().unresolved, entity) > 0;
  return owner_->session->remove_from(*owner_, *this, owner_->session->record_of(entity));
}

void CollectionBase::set_entities(const std::vector<const void*>& entities) {
  if (owner_ == nullptr) {
    state().unresolved = entities;
    state().items.clear();
    return;
  }
  std::vector<Record*> items;
  items.reserve(entities.size());
  for (const void* entity : entities) {
    Record& item = owner_->session->record_of(entity);
    if (std::find(items.begin(), items.end(), &item) == items.end()) items.push_back(&item);
  }
  owner_->session->set_collection(*owner_, *this, std::move(items));
}

void CollectionBase::clear() {
  if (owner_ == nullptr) {
    state().unresolved.clear();
    return;
  }
  owner_->session->clear_collection(*owner_, *this);
}

bool CollectionBase::contains_entity(const void* entity) const {
  const auto& items = loaded_items();
  return std::any_of(items.begin(), items.end(),
                     [entity](Record* item) { return item->entity() == entity; });
}

Task<void> CollectionBase::load_items(bool again) {
  if (owner_ == nullptr) co_return;
  Task<void> loading = owner_->session->load_collection(*owner_, *this, again);
  co_await std::move(loading);
}

Task<std::size_t> CollectionBase::load_size() {
  if (owner_ == nullptr) co_return state_ == nullptr ? 0 : state_->unresolved.size();
  // With pairs that were put in or taken out unread the rows alone do not say how many there are.
  if (state_ != nullptr && !state_->loaded &&
      (!state_->added.empty() || !state_->removed.empty()) &&
      Session::relation_at(*owner_, this).kind == RelationKind::many_to_many) {
    const bool shown = state_->shown;
    Task<void> loading = load_items(false);
    co_await std::move(loading);
    state_->shown = shown;
  }
  if (is_loaded() && (state_ == nullptr || !state_->read_only)) co_return size();
  Task<std::size_t> counting = owner_->session->count_collection(*owner_, *this);
  co_return co_await std::move(counting);
}

Task<void> CollectionBase::load_part(Shared<const RelationOptions> options) {
  if (owner_ == nullptr) co_return;
  Task<void> loading = owner_->session->load_part(*owner_, *this, std::move(options));
  co_await std::move(loading);
}

Task<std::vector<void*>> CollectionBase::find_matching(Shared<const RelationOptions> options) {
  if (owner_ == nullptr) co_return std::vector<void*>{};
  Task<std::vector<void*>> finding =
      owner_->session->find_matching(*owner_, *this, std::move(options));
  co_return co_await std::move(finding);
}

Task<std::size_t> CollectionBase::count_matching(Shared<const RelationOptions> options) {
  if (owner_ == nullptr) co_return 0;
  Task<std::size_t> counting = owner_->session->count_matching(*owner_, *this, std::move(options));
  co_return co_await std::move(counting);
}

void* CollectionBase::adopt(const reflect::TypeDescriptor& type, void* source) {
  if (owner_ == nullptr) {
    throw UsageError(
        "this collection stands in no entity of a manager yet: make its owner with "
        "create<T>(…) first");
  }
  Session& session = *owner_->session;
  return session.make(session.metadata().of(type), source, RecordState::transient).entity();
}

const reflect::ReferenceDetails CollectionBase::details{
    true,
    [](const void* member) {
      const CollectionBase& collection = *static_cast<const CollectionBase*>(member);
      return collection.state_ != nullptr && collection.state_->shown && collection.is_loaded();
    },
    [](const void* member, void* context, reflect::VisitReferenced visit) {
      const CollectionBase& collection = *static_cast<const CollectionBase*>(member);
      for (const Record* item : collection.loaded_items()) {
        visit_record(*item, item->metadata->primary_key, true, context, visit);
      }
    }};

}  // namespace roost::orm::detail
