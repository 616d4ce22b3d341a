// The typed surface, and the session below it.
#include <roost/orm/detail/assign_graph.hpp>
#include <roost/orm/detail/column_access.hpp>
#include <roost/orm/detail/hydrator.hpp>
#include <roost/orm/detail/plans.hpp>
#include <roost/orm/detail/select_builder.hpp>
#include <roost/orm/detail/session.hpp>
#include <roost/orm/entity_manager.hpp>

#include <algorithm>
#include <utility>

namespace roost::orm {

namespace {

/// Throws NotFoundError, where that is wanted, when nothing was found.
void check_found(const EntityMetadata& entity, const void* found, detail::IfMissing missing) {
  if (found == nullptr && missing == detail::IfMissing::fail) {
    throw NotFoundError(std::string{entity.type->name} + " not found");
  }
}

/// The key as the columns hold it.
std::vector<db::ValueView> canonical_key(const EntityMetadata& entity,
                                         std::span<const db::Value> key, db::Scratch& scratch) {
  if (key.size() != entity.primary_key.size()) {
    throw UsageError("the key of " + std::string{entity.name} + " has " +
                     std::to_string(entity.primary_key.size()) + " parts, not " +
                     std::to_string(key.size()));
  }
  std::vector<db::ValueView> values;
  for (std::size_t i = 0; i < key.size(); ++i) {
    values.push_back(
        detail::canonical(entity.columns[entity.primary_key[i]], key[i].view(), scratch));
  }
  return values;
}

}  // namespace

EntityManager::EntityManager(const DataSource& source)
    : session_{std::make_unique<detail::Session>(source)} {}
EntityManager::EntityManager(EntityManager&& other) noexcept = default;
EntityManager& EntityManager::operator=(EntityManager&& other) noexcept = default;
EntityManager::~EntityManager() = default;

db::Executor& EntityManager::executor() { return session_->executor(); }
const DataSource& EntityManager::source() const { return session_->source(); }
std::size_t EntityManager::size() const { return session_->size(); }
void EntityManager::clear() { session_->clear(); }
EntityManager EntityManager::fork() const {
  EntityManager made{session_->source()};
  made.session_->take_settings(*session_);
  return made;
}
EntityManager EntityManager::fork(SchemaWord schema) const {
  EntityManager made = fork();
  made.schema(schema.name);
  return made;
}
void EntityManager::schema(std::string_view name) { session_->set_schema(name); }

void EntityManager::give_filter(std::string_view name, TypeId type, const void* parameter) {
  session_->set_filter_parameter(name, type, parameter);
}
void EntityManager::enable_filter(std::string_view name) { session_->enable_filter(name, true); }
void EntityManager::disable_filter(std::string_view name) { session_->enable_filter(name, false); }

Task<std::vector<void*>> EntityManager::find_entities(const reflect::TypeDescriptor& type,
                                                      FindOptions options) {
  const EntityMetadata& entity = session_->metadata().of(type);
  if (!options.key.empty()) {
    throw UsageError("find<" + std::string{entity.name} +
                     ">(…) takes a condition; find_one takes a key");
  }
  if (options.expected_version != FindOptions::any_version) {
    throw UsageError("find<" + std::string{entity.name} +
                     ">(…) finds many; find_one takes the version that one is expected to have");
  }
  if (session_->must_flush_before(entity, options)) {
    Task<void> flushing = session_->flush();
    co_await std::move(flushing);
  }
  Task<std::vector<void*>> finding = session_->find(entity, std::move(options));
  co_return co_await std::move(finding);
}

Task<void*> EntityManager::find_first(const reflect::TypeDescriptor& type, FindOptions options,
                                      detail::IfMissing missing) {
  const EntityMetadata& entity = session_->metadata().of(type);
  if (session_->must_flush_before(entity, options)) {
    Task<void> flushing = session_->flush();
    co_await std::move(flushing);
  }
  const std::int64_t version = options.expected_version;
  void* first = nullptr;
  if (options.key.empty()) {
    options.limit = 1;
    const std::vector<void*> found = co_await session_->find(entity, std::move(options));
    if (!found.empty()) first = found.front();
  } else {
    Task<void*> finding = session_->find_by_key(entity, std::move(options));
    first = co_await std::move(finding);
  }
  check_found(entity, first, missing);
  if (first != nullptr && version != FindOptions::any_version) {
    session_->require_version(session_->record_of(first), version);
  }
  co_return first;
}

Task<void*> EntityManager::find_key(const reflect::TypeDescriptor& type, db::Value key,
                                    bool read_only, detail::IfMissing missing) {
  if (session_->flush_mode() != FlushMode::manual) {
    FindOptions options;
    options.read_only = read_only;
    options.key.push_back(std::move(key));
    return find_first(type, std::move(options), missing);
  }
  return session_->find_by_key(session_->metadata().of(type), std::move(key), read_only, missing);
}

Task<EntityManager::Page> EntityManager::find_page(const reflect::TypeDescriptor& type,
                                                   FindOptions options) {
  const EntityMetadata& entity = session_->metadata().of(type);
  if (session_->must_flush_before(entity, options)) {
    Task<void> flushing = session_->flush();
    co_await std::move(flushing);
  }
  Page page;
  page.items = co_await session_->find(entity, std::move(options), page.total);
  co_return page;
}

Task<EntityManager::RawCursorPage> EntityManager::find_cursor(const reflect::TypeDescriptor& type,
                                                              FindOptions options) {
  const EntityMetadata& entity = session_->metadata().of(type);
  if (session_->must_flush_before(entity, options)) {
    Task<void> flushing = session_->flush();
    co_await std::move(flushing);
  }
  detail::CursorRows rows = co_await session_->find_by_cursor(entity, std::move(options));
  RawCursorPage page;
  page.items = std::move(rows.entities);
  page.start_cursor = std::move(rows.start_cursor);
  page.end_cursor = std::move(rows.end_cursor);
  page.has_next = rows.has_next;
  page.has_previous = rows.has_previous;
  co_return page;
}

Task<detail::RawStream> EntityManager::open_stream(const reflect::TypeDescriptor& type,
                                                   FindOptions options) {
  const EntityMetadata& entity = session_->metadata().of(type);
  if (session_->must_flush_before(entity, options)) {
    Task<void> flushing = session_->flush();
    co_await std::move(flushing);
  }
  Task<detail::RawStream> opening = session_->stream(entity, std::move(options));
  co_return co_await std::move(opening);
}

Task<std::uint64_t> EntityManager::count_entities(const reflect::TypeDescriptor& type,
                                                  FindOptions options) {
  const EntityMetadata& entity = session_->metadata().of(type);
  if (session_->must_flush_before(entity, options)) {
    Task<void> flushing = session_->flush();
    co_await std::move(flushing);
  }
  Task<std::uint64_t> counting = session_->count(entity, std::move(options));
  co_return co_await std::move(counting);
}

Task<void> EntityManager::populate_entities(std::vector<const void*> entities,
                                            std::vector<PopulatePath> paths) {
  std::vector<detail::Record*> records;
  records.reserve(entities.size());
  for (const void* entity : entities) records.push_back(&session_->record_of(entity));
  return session_->populate(std::move(records), std::move(paths));
}

Task<void> EntityManager::refresh_entity(const void* entity) {
  detail::Record& record = session_->record_of(entity);
  Task<void> loading = session_->load(record, true);
  co_await std::move(loading);
  if (!record.missing) co_return;
  const std::string name = detail::name_of(record);
  session_->forget(record);
  throw NotFoundError(name + " not found");
}

Task<void> EntityManager::load_column(const void* entity, std::string_view member) {
  return session_->load_column(session_->record_of(entity), member);
}

Task<void> EntityManager::lock_entity(const void* entity, LockMode mode) {
  return session_->lock(session_->record_of(entity), mode);
}

void* EntityManager::create_entity(const reflect::TypeDescriptor& type, void* source,
                                   bool persist) {
  const EntityMetadata& entity = session_->metadata().of(type);
  return session_->create(entity, source, persist).entity();
}

void EntityManager::assign_source(const void* entity, const reflect::TypeDescriptor& type,
                                  const void* source) {
  detail::GraphAssigner{*session_}.assign(session_->record_of(entity), type, source);
}

void EntityManager::persist_entity(const void* entity) {
  session_->persist(session_->record_of(entity));
}

void EntityManager::remove_entity(const void* entity) {
  session_->remove(session_->record_of(entity));
}

void EntityManager::remove_referenced(const detail::RefBase& reference) {
  detail::Record* record =
      reference.is_null() ? nullptr : detail::RelationAccess::target(reference);
  if (record == nullptr) throw UsageError("the reference is empty: there is nothing to remove");
  session_->remove(session_->record_of(record->entity()));
}

/// It is about the row that it knows of, not about the object that stands for it.
void EntityManager::resolve(detail::RefBase& reference) const {
  detail::RelationAccess::set_target(reference, detail::RelationAccess::target(reference));
}

void* EntityManager::reference_entity(const reflect::TypeDescriptor& type,
                                      std::span<const db::ValueView> key) {
  const EntityMetadata& entity = session_->metadata().of(type);
  std::vector<db::Value> owned;
  for (const db::ValueView& part : key) owned.emplace_back(part);
  db::Scratch scratch;
  return session_->reference(entity, canonical_key(entity, owned, scratch)).entity();
}

void* EntityManager::reference_entity_by(const reflect::TypeDescriptor& type,
                                         std::string_view member, const db::ValueView& value) {
  const EntityMetadata& entity = session_->metadata().of(type);
  const std::string_view members[] = {member};
  const ColumnMetadata* column = entity.find_column(members);
  const auto& referred = entity.referred_columns;
  if (column == nullptr ||
      std::find(referred.begin(), referred.end(), column->index) == referred.end()) {
    throw UsageError("no reference refers to " + std::string{entity.name} +
                     "::" + std::string{member} + ": say so with refers_to<&" +
                     std::string{entity.name} + "::" + std::string{member} + "> beside one");
  }
  return session_->reference_by(entity, column->index, value).entity();
}

bool EntityManager::entity_is_changed(const void* entity) const {
  const detail::Record& record = session_->record_of(entity);
  return record.state == detail::RecordState::added ||
         record.state == detail::RecordState::removed || session_->is_changed(record);
}

bool EntityManager::member_is_loaded(const void* entity, std::string_view member) const {
  detail::Record& record = session_->record_of(entity);
  if (!record.has_content()) return false;
  if (const RelationMetadata* relation = record.metadata->find_relation(member)) {
    return relation->to_many()
               ? detail::RelationAccess::collection(record.entity(), *relation).is_loaded()
               : detail::RelationAccess::reference(record.entity(), *relation).is_loaded();
  }
  std::uint64_t columns = 0;
  for (const ColumnMetadata& column : record.metadata->columns) {
    if (column.members.front() == member) columns |= std::uint64_t{1} << column.index;
  }
  return (columns & ~record.loaded) == 0;
}

Task<std::vector<void*>> EntityManager::upsert_entities(const reflect::TypeDescriptor& type,
                                                        std::vector<void*> sources,
                                                        MemberNames on_conflict) {
  return session_->upsert(session_->metadata().of(type), std::move(sources), on_conflict);
}

Task<void*> EntityManager::insert_or_find_entity(const reflect::TypeDescriptor& type, void* source,
                                                 MemberNames on_conflict) {
  return session_->insert_or_find(session_->metadata().of(type), source, on_conflict);
}

void EntityManager::require_version(const void* entity, std::int64_t version) const {
  session_->require_version(session_->record_of(entity), version);
}

void EntityManager::flush_mode(FlushMode mode) { session_->set_flush_mode(mode); }
void EntityManager::subscribe(Subscriber& subscriber) { session_->subscribe(subscriber); }

bool EntityManager::is_kind_of(const void* entity, const reflect::TypeDescriptor& type) const {
  return session_->record_of(entity).metadata->is_kind_of(session_->metadata().of(type));
}

std::string_view EntityManager::class_of(const void* entity) const {
  return session_->record_of(entity).metadata->name;
}

Task<void> EntityManager::insert_entities(const reflect::TypeDescriptor& type,
                                          std::vector<void*> rows) {
  return session_->insert_rows(session_->metadata().of(type), std::move(rows));
}

Task<std::uint64_t> EntityManager::update_entities(reflect::TypeRef type, Expression condition,
                                                   detail::BulkOptions options) {
  return session_->update_where(type, std::move(condition), std::move(options));
}

Task<std::uint64_t> EntityManager::delete_entities(reflect::TypeRef type, Expression condition,
                                                   detail::BulkOptions options) {
  return session_->delete_where(type, std::move(condition), std::move(options));
}

void EntityManager::add_filter(const reflect::TypeDescriptor& type, std::string_view name,
                               Expression condition) {
  session_->set_filter(name, session_->metadata().of(type), std::move(condition));
}

void EntityManager::remove_filter(std::string_view name) { session_->remove_filter(name); }

Task<void> EntityManager::flush() { return session_->flush(); }
Task<void> EntityManager::begin(db::TransactionOptions options) { return session_->begin(options); }
Task<void> EntityManager::commit() { return session_->commit(); }
Task<void> EntityManager::rollback() { return session_->rollback(); }

namespace detail {

/// What is known without asking. The key becomes one as the identity map and the database have it.
Session::KeyLookup Session::look_up(const EntityMetadata& entity, db::Value& key, bool read_only) {
  KeyLookup lookup;
  const bool filtered = std::any_of(filters_.begin(), filters_.end(), [&](const Filter& filter) {
    return filter.enabled && entity.is_kind_of(*filter.entity);
  });
  if (filtered || entity.primary_key.size() != 1) return lookup;
  lookup.statement = source_.plans().by_key(entity);
  if (lookup.statement == nullptr) return lookup;
  const ColumnMetadata& column = entity.columns[entity.primary_key.front()];
  if (!is_canonical(column, key.view())) {
    db::Scratch scratch;
    key = db::Value{canonical(column, key.view(), scratch)};
  }
  const db::ValueView value = key.view();
  const Record* known = identity_map_.find(entity, {&value, 1});
  if (known != nullptr && known->has_content()) {
    const bool other_class = !known->metadata->is_kind_of(entity);
    const bool removed = known->state == RecordState::removed;
    const bool usable = (known->state != RecordState::read_only || read_only) &&
                        (removed || (entity.read_columns & ~known->loaded) == 0);
    lookup.is_known = other_class || usable;
    if (usable && !other_class && !removed) lookup.entity = const_cast<void*>(known->entity());
  }
  return lookup;
}

Task<void*> Session::find_with_options(const EntityMetadata& entity, db::Value key,
                                       bool read_only) {
  FindOptions options;
  options.read_only = read_only;
  options.key.push_back(std::move(key));
  return find_by_key(entity, std::move(options));
}

void* Session::take_row(const EntityMetadata& entity, const db::Result& result, bool read_only) {
  if (result.empty()) return nullptr;
  Hydrator hydrator{*this, entity, entity.read_columns, 0, read_only, false};
  return hydrator.read(result, 0)->entity();
}

// Many of these wait at once, so what need not outlive the wait is not in its frame.
Task<void*> Session::find_by_key(const EntityMetadata& entity, db::Value key, bool read_only,
                                 IfMissing missing) {
  const KeyLookup lookup = look_up(entity, key, read_only);
  void* found = lookup.entity;
  if (lookup.is_known) {
    // Nobody has to be asked.
  } else if (lookup.statement == nullptr) {
    Task<void*> finding = find_with_options(entity, std::move(key), read_only);
    found = co_await std::move(finding);
  } else {
    const db::ValueView value = key.view();
    const db::Result result = co_await executor().execute(*lookup.statement, std::span{&value, 1});
    found = take_row(entity, result, read_only);
  }
  check_found(entity, found, missing);
  co_return found;
}

Task<void*> Session::find_by_key(const EntityMetadata& entity, FindOptions options) {
  db::Scratch scratch;
  const std::vector<db::ValueView> key = canonical_key(entity, options.key, scratch);
  Record* known = identity_map_.find(entity, key);
  const std::vector<PopulateNode> none;
  const std::uint64_t wanted = column_mask(metadata(), entity, options.fields, none, nullptr);
  const bool plain = options.where.empty() && options.lock == LockMode::none && !options.refresh;
  if (known != nullptr && known->has_content() && !known->metadata->is_kind_of(entity)) {
    co_return nullptr;  // another class of the family
  }
  const bool usable = known != nullptr && known->has_content() &&
                      (known->state != RecordState::read_only || options.read_only) &&
                      (known->state == RecordState::removed || (wanted & ~known->loaded) == 0);
  if (usable && plain) {
    if (known->state == RecordState::removed) co_return nullptr;
    if (!options.populate.empty()) {
      std::vector<Record*> roots{known};
      Task<void> populating = populate(std::move(roots), std::move(options.populate));
      co_await std::move(populating);
    }
    co_return known->entity();
  }
  const std::vector<void*> found = co_await find(entity, std::move(options));
  co_return found.empty() ? nullptr : found.front();
}

}  // namespace detail

}  // namespace roost::orm
