// The entity manager: finds entities, notices what is changed, and writes it as one transaction.
#pragma once

#include <roost/async/task.hpp>
#include <roost/base/owned.hpp>
#include <roost/di/scope.hpp>
#include <roost/orm/collection.hpp>
#include <roost/orm/detail/bulk_options.hpp>
#include <roost/orm/entity_stream.hpp>
#include <roost/orm/errors.hpp>
#include <roost/orm/find_options.hpp>
#include <roost/orm/json.hpp>
#include <roost/orm/reference.hpp>
#include <roost/orm/words.hpp>
#include <roost/sql/assignment.hpp>
#include <roost/sql/codec.hpp>
#include <roost/sql/driver.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace roost {
struct IgnoreMissing;
}

namespace roost::orm {

class DataSource;
class Subscriber;
template <class T>
class QueryBuilder;

namespace detail {
class Session;
/// Defined by assign.hpp.
template <class Entity, class Source, bool MayMiss>
struct AssignCheck;
}  // namespace detail

/// What find_and_count returns.
template <class T>
struct Found {
  std::vector<T*> items;
  std::uint64_t total = 0;
};

/// Works on the entities of one data source for one task, such as a request. It owns the entities
/// that it makes and finds: references to them are valid as long as it lives. One object for each
/// row, however often it is found. Not thread-safe; one operation at a time.
///
/// Nothing is written before `flush`, which writes everything that was changed in one transaction
/// (or as a part of the one that is open), or nothing. After a failed flush everything still waits:
/// correct it and flush again, or drop the manager.
class EntityManager {
 public:
  using scope = roost::request_scoped;
  using visibility = roost::global;

  explicit EntityManager(const DataSource& source);
  EntityManager(EntityManager&& other) noexcept;
  EntityManager& operator=(EntityManager&& other) noexcept;
  ~EntityManager();

  // --- finding

  /// Entities that fulfil the conditions: `find<Event>(f<&Event::capacity> > 5, order_by(…),
  /// limit(20), populate<&Event::tags>())`. With `const Event` they are read-only: not watched, so
  /// cheaper, and what is changed in them is never written.
  template <class T, class... Option>
  Task<std::vector<T*>> find(Option&&... options) {
    return collect<T>(
        find_entities(reflect::type_of<T>(), options_of<T>(std::forward<Option>(options)...)));
  }
  /// The first one, or null.
  template <class T, class... Option>
  Task<T*> find_one(Option&&... options) {
    return async::with_type<T*>(
        find_one_of<T>(detail::IfMissing::null, std::forward<Option>(options)...));
  }
  /// Throws NotFoundError when there is none.
  template <class T, class... Option>
  Task<T&> find_one_or_fail(Option&&... options) {
    return async::with_type<T&>(
        find_one_of<T>(detail::IfMissing::fail, std::forward<Option>(options)...));
  }
  /// One page, and the number of all entities that fulfil the condition.
  template <class T, class... Option>
  Task<Found<T>> find_and_count(Option&&... options) {
    return page<T>(
        find_page(reflect::type_of<T>(), options_of<T>(std::forward<Option>(options)...)));
  }
  /// `find_by_cursor<Event>(condition, order_by(asc<&Event::starts_at>), first(20),
  /// after(cursor))`: one page; the order is made complete by the key. Throws CursorError for a
  /// foreign cursor.
  template <class T, class... Option>
  Task<CursorPage<T>> find_by_cursor(Option&&... options) {
    return cursor_page<T>(
        find_cursor(reflect::type_of<T>(), options_of<T>(std::forward<Option>(options)...)));
  }
  template <class T, class... Option>
  Task<std::uint64_t> count(Option&&... options) {
    return count_entities(reflect::type_of<T>(), options_of<T>(std::forward<Option>(options)...));
  }

  /// Read-only entities in chunks, past the identity map: for exports and long lists.
  ///
  ///     auto events = co_await em.stream<Event>(order_by(asc<&Event::id>));
  ///     for (auto chunk = co_await events.next(); !chunk.empty(); chunk = co_await events.next())
  template <class T, class... Option>
  Task<EntityStream<T>> stream(Option&&... options) {
    return typed_stream<T>(
        open_stream(reflect::type_of<T>(), options_of<T>(std::forward<Option>(options)...)));
  }

  /// Loads relations of entities that are here, as far as they are not loaded.
  template <class T, class Owner>
  Task<void> populate(T& entity, PopulateFrom<Owner> path) {
    static_cast<void>(detail::check_option<std::remove_const_t<T>>(&path));
    return populate_entities({&entity}, {path});
  }
  template <class T>
  Task<void> populate(T& entity, std::vector<PopulatePath> paths) {
    return populate_entities({&entity}, std::move(paths));
  }
  template <class T>
  Task<void> populate(const std::vector<T*>& entities, std::vector<PopulatePath> paths) {
    return populate_entities({entities.begin(), entities.end()}, std::move(paths));
  }
  /// Reads the entity again; what was changed in it since is lost. Throws NotFoundError when the
  /// row is gone; from then on the entity is not watched any more.
  template <class T>
  Task<void> refresh(T& entity) {
    return refresh_entity(&entity);
  }

  /// Reads a `lazy` column of an entity, unless it is here: `load<&Event::minutes>(event)`.
  template <auto Member, class T>
  Task<void> load(T& entity) {
    static_assert(std::is_base_of_v<reflect::member_class<Member>, T>,
                  "roost: load<&Entity::column>(entity) takes a member of the entity's class");
    return load_column(&entity, member_names<Member>().names[0]);
  }

  // --- changing

  /// A new entity, to be inserted by the next flush.
  template <class T>
  T& create(T&& value) {
    static_assert(!std::is_const_v<T> && !std::is_reference_v<T>,
                  "roost: create<Entity>({…}) takes a new value");
    return *static_cast<T*>(create_entity(reflect::type_of<T>(), &value, true));
  }
  template <class T>
  T& create() {
    return create(T{});
  }
  /// A new entity that is inserted only if it is persisted, or reached through a relation of one
  /// that is.
  template <class T>
  T& make(T&& value) {
    return *static_cast<T*>(create_entity(reflect::type_of<T>(), &value, false));
  }
  /// To be inserted; takes back a `remove`.
  template <class T>
  void persist(T& entity) {
    persist_entity(&entity);
  }
  /// To be deleted by the next flush (with soft_deleted_by: to be marked). It leaves one to many
  /// collections at once: walk over `items()` to remove several.
  template <class T>
  requires(!std::is_base_of_v<detail::RefBase, T>) void remove(T& entity) {
    remove_entity(&entity);
  }
  /// The same without reading it. Throws UsageError when there is no reference.
  template <class T>
  void remove(const Ref<T>& reference) {
    remove_referenced(reference);
  }
  /// Gives the entity the values of a DTO, by the names of members; what the DTO does not have
  /// (empty optional members, members of a Partial that were not given) stays. Whether names and
  /// types fit is known when the program is compiled. Defined by <roost/orm/assign.hpp>.
  ///
  /// A relation is said by a key, or by an object: with a key it is the entity with that key, which
  /// is changed; without, a new one. A list replaces the items of a collection: those that it does
  /// not name leave. A struct is replaced by one of its type, and merged with one of another type,
  /// such as a Partial. A version is compared: throws OptimisticLockError. Throws NotLoadedError
  /// when items or entities would have to be changed that are not loaded.
  template <class T, class Source>
  T& assign(T& entity, const Source& source) {
    if constexpr (detail::AssignCheck<T, Source, false>::fits) {
      assign_source(&entity, reflect::type_of<Source>(), &source);
    }
    return entity;
  }
  /// The same; members that the entity lacks are passed over.
  template <class T, class Source>
  T& assign(T& entity, const Source& source, const IgnoreMissing&) {
    if constexpr (detail::AssignCheck<T, Source, true>::fits) {
      assign_source(&entity, reflect::type_of<Source>(), &source);
    }
    return entity;
  }
  /// Stands for the row with this key, without reading it.
  template <class T, class... Key>
  Ref<T> reference(const Key&... key) {
    db::Scratch scratch;
    const db::ValueView values[] = {db::codec<Key>().bind(&key, scratch)...};
    Ref<T> made{*static_cast<T*>(reference_entity(reflect::type_of<T>(), values))};
    resolve(made);
    return made;
  }

  /// The same by another unique member, to which references of other classes refer
  /// (`refers_to<…>`): `order.customer = em.reference_by<&Customer::number>("C-7")`.
  template <auto Member>
  Ref<reflect::member_class<Member>> reference_by(const reflect::member_type<Member>& value) {
    using T = reflect::member_class<Member>;
    db::Scratch scratch;
    const db::ValueView bound = db::codec<reflect::member_type<Member>>().bind(&value, scratch);
    Ref<T> made{*static_cast<T*>(
        reference_entity_by(reflect::type_of<T>(), member_names<Member>().names[0], bound))};
    resolve(made);
    return made;
  }

  // --- one statement, at once, past the unit of work

  /// Inserts the row, or changes the one that has the same unique key: that of `on_conflict`, else
  /// the primary key if it is given, else the first unique<…>() of the class. The entity is
  /// managed.
  template <class T>
  Task<T&> upsert(T value, MemberNames on_conflict = {}) {
    std::vector<void*> rows(1, &value);
    Task<std::vector<void*>> writing =
        upsert_entities(reflect::type_of<T>(), std::move(rows), on_conflict);
    const std::vector<void*> entities = co_await std::move(writing);
    co_return *static_cast<T*>(entities.front());
  }
  /// The same of many rows, in one statement (or one for each set of columns that have a value).
  /// The entities stand in the order of the rows. No two rows may be the same one.
  template <class T>
  Task<std::vector<T*>> upsert_many(std::vector<T> values, MemberNames on_conflict = {}) {
    std::vector<void*> rows;
    rows.reserve(values.size());
    for (T& value : values) rows.push_back(&value);
    Task<std::vector<void*>> writing =
        upsert_entities(reflect::type_of<T>(), std::move(rows), on_conflict);
    const std::vector<void*> entities = co_await std::move(writing);
    std::vector<T*> made;
    made.reserve(entities.size());
    for (void* entity : entities) made.push_back(static_cast<T*>(entity));
    co_return made;
  }
  /// Inserts the row unless there is one that has the same unique key, which is then found as it
  /// is: one statement, or two.
  template <class T>
  Task<T&> insert_or_find(T value, MemberNames on_conflict = {}) {
    void* entity = co_await insert_or_find_entity(reflect::type_of<T>(), &value, on_conflict);
    co_return *static_cast<T*>(entity);
  }
  /// Inserts rows without managing them; returns them with their keys.
  template <class T>
  Task<std::vector<T>> insert_many(std::vector<T> rows) {
    std::vector<void*> addresses;
    for (T& row : rows) addresses.push_back(&row);
    co_await insert_entities(reflect::type_of<T>(), std::move(addresses));
    co_return rows;
  }
  /// `update_where<Event>(f<&Event::status> == draft, set<&Event::capacity>(5))`: returns how many
  /// rows were changed. Their versions count; entities that are here do not notice.
  /// Filters narrow it as they do finds: `orm::without_filter("tenant")` leaves one out.
  template <class T, class... Option>
  Task<std::uint64_t> update_where(Expression condition, const Option&... options) {
    detail::BulkOptions made;
    (made.add(options), ...);
    return update_entities(&reflect::type_of<T>, std::move(condition), std::move(made));
  }
  /// Deletes rows for good, without cascades but those of the database. Filters narrow it.
  template <class T, class... Option>
  Task<std::uint64_t> delete_where(Expression condition, const Option&... options) {
    detail::BulkOptions made;
    (made.add(options), ...);
    return delete_entities(&reflect::type_of<T>, std::move(condition), std::move(made));
  }

  /// Writes all changes. Throws what the database says (db::UniqueViolation …), OptimisticLockError
  /// when somebody else changed a row; then nothing is written and nothing forgotten.
  Task<void> flush();

  /// Runs `body(EntityManager&) -> Task<T>` in a transaction, flushes and commits; rolls back and
  /// rethrows when it throws. Inside another one it is a savepoint. After a rollback entities that
  /// were inserted are new again, and what was written is unwritten: the next flush writes it.
  template <class Body>
  auto transactional(Body&& body, db::TransactionOptions options = {})
      -> std::invoke_result_t<Body&, EntityManager&> {
    return run_transactional<std::remove_reference_t<Body>>(body, options);
  }
  /// Reads the row again and locks it until the transaction ends.
  template <class T>
  Task<void> lock(T& entity, LockMode mode = LockMode::for_update) {
    return lock_entity(&entity, mode);
  }

  /// Throws OptimisticLockError when the entity was read with another version. Asks nobody: the
  /// version is checked again by the UPDATE.
  template <class T>
  void lock(const T& entity, ExpectedVersion expected) {
    require_version(&entity, expected.version);
  }

  /// When finds and counts write what waits before they ask the database. By default never:
  /// `flush` is the only thing that writes. A find can be told another mode:
  /// `find<Event>(…, FlushMode::always)`. The query builder and SQL never flush.
  void flush_mode(FlushMode mode);
  /// Tells it of every flush of this manager, beside those of the data source. It outlives the
  /// manager.
  void subscribe(Subscriber& subscriber);

  /// The entity as the class that its row is, where several share a table or a key: null when it is
  /// no Derived.
  template <class Derived, class Base>
  [[nodiscard]] Derived* as(Base& entity) const {
    static_assert(std::is_base_of_v<Base, Derived>, "roost: as<Derived>(base) looks downward");
    return is_kind_of(&entity, reflect::type_of<Derived>()) ? static_cast<Derived*>(&entity)
                                                            : nullptr;
  }
  /// The name of the class that the entity's row is: "Manager".
  template <class T>
  [[nodiscard]] std::string_view class_name_of(const T& entity) const {
    return class_of(&entity);
  }

  /// Forgets all entities; they stay usable as objects, but are not watched any more.
  void clear();
  /// A manager of its own on the same data source, with the same filters and schema and no
  /// entities.
  [[nodiscard]] EntityManager fork() const;
  /// One for another schema of the classes that say in_schema("*"): `em.fork(in_schema("t7"))`.
  [[nodiscard]] EntityManager fork(SchemaWord schema) const;
  /// In which schema the tables of classes stand that say in_schema("*"), of everything that this
  /// manager does (PostgreSQL). To be said before it has entities; else UsageError.
  void schema(std::string_view name);

  /// Gives the filters of this name that classes define (filtered_by) what their conditions are
  /// made of: `em.filter_parameter("tenant", user.tenant)`. Throws UsageError when there is no such
  /// filter, or it takes another type.
  template <class P>
  void filter_parameter(std::string_view name, const P& parameter) {
    const detail::FilterParameter<P> value{parameter};
    give_filter(name, TypeId::of<detail::FilterParameter<P>>(), &value);
  }
  /// Switches filters of this name on or off, for all that follows.
  void enable_filter(std::string_view name);
  void disable_filter(std::string_view name);
  /// Adds a condition to every find and count of T, to collections of T and to update_where and
  /// delete_where from now on, such as the tenant's: `filter<Event>("tenant", f<&Event::tenant> ==
  /// tenant)`. What refers to one T (Ref) is not narrowed, and joins stay as they are. Not for the
  /// query builder.
  template <class T>
  void filter(std::string_view name, Expression condition) {
    add_filter(reflect::type_of<T>(), name, std::move(condition));
  }
  void remove_filter(std::string_view name);

  /// Is there something to flush for this entity?
  template <class T>
  [[nodiscard]] bool is_changed(const T& entity) const {
    return entity_is_changed(&entity);
  }
  /// True when the member was read (by a find without `fields`, or one that names it), or is that
  /// of a new entity; of a reference: when its target's members can be used.
  template <auto Member, class T>
  [[nodiscard]] bool is_loaded(const T& entity) const {
    static_assert(std::is_base_of_v<reflect::member_class<Member>, T>,
                  "roost: is_loaded<&Entity::member>(entity) names a member of the entity's class");
    return member_is_loaded(&entity, reflect::member_name<Member>());
  }
  /// How many rows it knows.
  [[nodiscard]] std::size_t size() const;

  /// Below the entities: SQL in the transaction that is open, or on its own.
  [[nodiscard]] db::Executor& executor();
  [[nodiscard]] const DataSource& source() const;
  /// For what `find` cannot say: grouping, windows, joins of your own. `alias` names the table.
  /// Defined by <roost/orm/query_builder.hpp>.
  template <class T>
  [[nodiscard]] QueryBuilder<T> query_builder(std::string_view alias = {}) {
    return QueryBuilder<T>{*session_, alias};
  }
  /// Raw SQL into structs, tuples or scalars: `execute<MonthCount>(sql("select …", since))`.
  template <class T>
  Task<std::vector<T>> execute(db::RawSql sql) {
    return executor().template query<T>(std::move(sql));
  }

 private:
  template <class T, class... Option>
  FindOptions options_of(Option&&... options) {
    static_cast<void>(detail::check_entity<std::remove_const_t<T>>());
    FindOptions made;
    made.read_only = std::is_const_v<T>;
    (add_option<T>(made, std::forward<Option>(options)), ...);
    return made;
  }
  template <class T, class Option>
  void add_option(FindOptions& made, Option&& option);

  /// One argument, and that no option: the common case has a path of its own.
  template <class... Option>
  static constexpr bool is_one_key = sizeof...(Option) == 1 && !(requires(FindOptions made,
                                                                          Option&& option) {
                                       made.add(std::forward<Option>(option));
                                     } && ...);
  template <class Key>
  [[nodiscard]] static db::Value key_of(const Key& key) {
    db::Scratch scratch;
    return db::Value{db::codec<Key>().bind(&key, scratch)};
  }

  // Awaiting these is cheap to compile: one small coroutine a result type.
  template <class T>
  static Task<std::vector<T*>> collect(Task<std::vector<void*>> finding) {
    const std::vector<void*> found = co_await std::move(finding);
    std::vector<T*> entities;
    entities.reserve(found.size());
    for (void* entity : found) entities.push_back(static_cast<T*>(entity));
    co_return entities;
  }
  template <class T, class... Option>
  Task<void*> find_one_of(detail::IfMissing missing, Option&&... options) {
    if constexpr (is_one_key<Option...>) {
      return find_key(reflect::type_of<T>(), key_of(options...), std::is_const_v<T>, missing);
    } else {
      return find_first(reflect::type_of<T>(), options_of<T>(std::forward<Option>(options)...),
                        missing);
    }
  }
  struct Page {
    std::vector<void*> items;
    std::uint64_t total = 0;
  };
  template <class T>
  static Task<Found<T>> page(Task<Page> finding) {
    const Page found = co_await std::move(finding);
    Found<T> made;
    made.total = found.total;
    for (void* entity : found.items) made.items.push_back(static_cast<T*>(entity));
    co_return made;
  }

  template <class T>
  static Task<EntityStream<T>> typed_stream(Task<detail::RawStream> opening) {
    detail::RawStream raw = co_await std::move(opening);
    co_return EntityStream<T>{std::move(raw)};
  }
  struct RawCursorPage {
    std::vector<void*> items;
    std::string start_cursor;
    std::string end_cursor;
    bool has_next = false;
    bool has_previous = false;
  };
  template <class T>
  static Task<CursorPage<T>> cursor_page(Task<RawCursorPage> finding) {
    const RawCursorPage found = co_await std::move(finding);
    CursorPage<T> made;
    for (void* entity : found.items) made.items.push_back(static_cast<T*>(entity));
    made.start_cursor = found.start_cursor;
    made.end_cursor = found.end_cursor;
    made.has_next = found.has_next;
    made.has_previous = found.has_previous;
    co_return made;
  }

  template <class Body>
  auto run_transactional(Body& body, db::TransactionOptions options)
      -> std::invoke_result_t<Body&, EntityManager&>;

  Task<std::vector<void*>> find_entities(const reflect::TypeDescriptor& type, FindOptions options);
  Task<void*> find_key(const reflect::TypeDescriptor& type, db::Value key, bool read_only,
                       detail::IfMissing missing);
  Task<void*> find_first(const reflect::TypeDescriptor& type, FindOptions options,
                         detail::IfMissing missing);
  Task<Page> find_page(const reflect::TypeDescriptor& type, FindOptions options);
  Task<detail::RawStream> open_stream(const reflect::TypeDescriptor& type, FindOptions options);
  Task<RawCursorPage> find_cursor(const reflect::TypeDescriptor& type, FindOptions options);
  Task<std::uint64_t> count_entities(const reflect::TypeDescriptor& type, FindOptions options);
  Task<void> populate_entities(std::vector<const void*> entities, std::vector<PopulatePath> paths);
  Task<void> refresh_entity(const void* entity);
  Task<void> load_column(const void* entity, std::string_view member);
  Task<void> lock_entity(const void* entity, LockMode mode);
  void* create_entity(const reflect::TypeDescriptor& type, void* source, bool persist);
  void assign_source(const void* entity, const reflect::TypeDescriptor& type, const void* source);
  void persist_entity(const void* entity);
  void remove_entity(const void* entity);
  void remove_referenced(const detail::RefBase& reference);
  void resolve(detail::RefBase& reference) const;
  void* reference_entity(const reflect::TypeDescriptor& type, std::span<const db::ValueView> key);
  void* reference_entity_by(const reflect::TypeDescriptor& type, std::string_view member,
                            const db::ValueView& value);
  void give_filter(std::string_view name, TypeId type, const void* parameter);
  void add_filter(const reflect::TypeDescriptor& type, std::string_view name, Expression condition);
  bool entity_is_changed(const void* entity) const;
  bool member_is_loaded(const void* entity, std::string_view member) const;
  Task<std::vector<void*>> upsert_entities(const reflect::TypeDescriptor& type,
                                           std::vector<void*> sources, MemberNames on_conflict);
  Task<void*> insert_or_find_entity(const reflect::TypeDescriptor& type, void* source,
                                    MemberNames on_conflict);
  void require_version(const void* entity, std::int64_t version) const;
  bool is_kind_of(const void* entity, const reflect::TypeDescriptor& type) const;
  std::string_view class_of(const void* entity) const;
  Task<void> insert_entities(const reflect::TypeDescriptor& type, std::vector<void*> rows);
  Task<std::uint64_t> update_entities(reflect::TypeRef type, Expression condition,
                                      detail::BulkOptions options);
  Task<std::uint64_t> delete_entities(reflect::TypeRef type, Expression condition,
                                      detail::BulkOptions options);
  Task<void> begin(db::TransactionOptions options);
  Task<void> commit();
  Task<void> rollback();

  Owned<detail::Session> session_;
};

/// `find_one<Event>(id)`: anything that is no option and no condition is the key.
template <class T, class Option>
void EntityManager::add_option(FindOptions& made, Option&& option) {
  if constexpr (requires { made.add(std::forward<Option>(option)); }) {
    static_cast<void>(detail::check_option<std::remove_const_t<T>>(
        static_cast<std::remove_reference_t<Option>*>(nullptr)));
    made.add(std::forward<Option>(option));
  } else {
    db::Scratch scratch;
    made.add_key(db::Value{db::codec<std::remove_cvref_t<Option>>().bind(&option, scratch)});
  }
}

template <class Body>
auto EntityManager::run_transactional(Body& body, db::TransactionOptions options)
    -> std::invoke_result_t<Body&, EntityManager&> {
  using T =
      typename db::detail::TransactionalResult<std::invoke_result_t<Body&, EntityManager&>>::type;
  Task<void> beginning = begin(options);
  co_await std::move(beginning);
  std::exception_ptr error;
  try {
    if constexpr (std::is_void_v<T>) {
      co_await body(*this);
      co_await commit();
      co_return;
    } else if constexpr (std::is_reference_v<T>) {
      T value = co_await body(*this);
      co_await commit();
      co_return value;
    } else {
      T value = co_await body(*this);
      co_await commit();
      co_return value;
    }
  } catch (...) {
    error = std::current_exception();
  }
  co_await rollback();
  std::rethrow_exception(error);
}

}  // namespace roost::orm

namespace roost {

using orm::EntityManager;
using orm::FlushMode;

/// A column and its new value, for update_where; an expression or a value.
template <auto... Members, class V>
[[nodiscard]] db::detail::Assignment set(const V& value) {
  return db::detail::assignment(f<Members...>, value);
}
/// The unique key by which upsert recognises a row.
template <auto... Members>
[[nodiscard]] constexpr orm::MemberNames on_conflict() {
  return orm::member_names<Members...>();
}

}  // namespace roost
