// What a find is told beside its condition: order, limits, what to populate, locks.
#pragma once

#include <roost/base/shared.hpp>
#include <roost/orm/collection.hpp>
#include <roost/orm/cursor.hpp>
#include <roost/orm/json.hpp>
#include <roost/orm/reference.hpp>
#include <roost/sql/expression.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

// How paths lead through relations and JSON columns.
template <class T>
struct roost::db::PathTarget<roost::Ref<T>> {
  using type = T;
};
template <class T>
struct roost::db::PathTarget<roost::Collection<T>> {
  using type = T;
};
template <class T>
inline constexpr bool roost::db::is_nullable_member<roost::orm::Json<T>> = false;

namespace roost::orm::detail {

/// The type of the key that stands for a T in conditions: that of `id` if it has one.
template <class T>
struct KeyType {
  using type = db::detail::Anything;
};
template <class T>
requires requires { &T::id; }
struct KeyType<T> {
  using type = reflect::member_type<&T::id>;
};

}  // namespace roost::orm::detail

// `f<&Registration::event> == 7`, `f<&Registration::event> == registration.event`.
template <class T>
struct roost::db::ComparedAs<roost::Ref<T>> : roost::orm::detail::KeyType<T> {};
template <class T>
struct roost::db::OperandTraits<roost::Ref<T>> {
  using compared = typename roost::orm::detail::KeyType<T>::type;
  static Value value(const roost::Ref<T>& reference) { return reference.key_value(); }
};
template <class T>
inline constexpr bool roost::db::is_nullable_member<roost::Ref<T>> = true;

namespace roost::orm {

enum class LockMode : std::uint8_t {
  none,
  for_update,
  for_update_nowait,
  for_update_skip_locked,
  for_share,
};

/// How a relation is read that is populated: along with the rows of its owners, or by a statement
/// of its own. By default a reference is joined and a collection is not.
enum class LoadStrategy : std::uint8_t { by_kind, joined, select_in };

/// Members of a T that a find reads, and no others; see `fields`.
template <class T>
struct Fields {
  std::vector<const db::Path*> members;
};

/// What is found is remembered by the data source, and found again without asking the database; see
/// `cache_for`.
struct CacheFor {
  std::uint64_t milliseconds;
  std::string_view name;
};

/// Finds rows that are deleted softly as well.
struct WithDeleted {};
inline constexpr WithDeleted with_deleted{};
/// Takes what the database has, also where the application changed an entity since.
struct Refresh {};
inline constexpr Refresh refresh{};

/// When a manager writes what waits, beside what `flush` itself does.
enum class FlushMode : std::uint8_t {
  manual,     // never
  automatic,  // before a find or count of a class of which something waits to be written
  always,     // before each find or count, if anything waits
};

/// The version that a row has, as the application read it before: see expect_version.
struct ExpectedVersion {
  std::int64_t version;
};

/// Finds without a filter of the manager, or without any (an empty name).
struct WithoutFilter {
  std::string_view name;
};
[[nodiscard]] constexpr WithoutFilter without_filter(std::string_view name) { return {name}; }
inline constexpr WithoutFilter without_filters{};

/// Finds with a filter that is not enabled by itself.
struct WithFilter {
  std::string_view name;
};
[[nodiscard]] constexpr WithFilter with_filter(std::string_view name) { return {name}; }

/// Which filters a statement leaves out, and which it has in any case.
class FilterChoice {
 public:
  FilterChoice();
  FilterChoice(const FilterChoice& other);
  FilterChoice(FilterChoice&& other) noexcept;
  FilterChoice& operator=(const FilterChoice& other);
  FilterChoice& operator=(FilterChoice&& other) noexcept;
  ~FilterChoice();

  void add(WithoutFilter filter);
  void add(WithFilter filter);
  void add(const FilterChoice& other);

  std::vector<std::string> without;  // an empty name: all
  std::vector<std::string> with;
};

struct OrderBy {
  std::vector<db::OrderTerm> terms;
};
struct Limit {
  std::uint64_t rows;
};
struct Offset {
  std::uint64_t rows;
};

/// What populate is told beside its path: which items of a collection, in which order, how many of
/// each owner, which of their members. Immutable once it is made.
class RelationOptions {
 public:
  static constexpr std::uint64_t no_limit = UINT64_MAX;

  // Not inline: each file that populates would compile them.
  RelationOptions();
  RelationOptions(RelationOptions&& other) noexcept;
  RelationOptions& operator=(RelationOptions&& other) noexcept;
  ~RelationOptions();

  void add(Expression condition);
  void add(OrderBy order);
  void add(Limit value) { limit = value.rows; }
  void add(Offset value) { offset = value.rows; }
  void add(LoadStrategy value) { strategy = value; }
  template <class T>
  void add(const Fields<T>& chosen) {
    add_fields(chosen.members);
  }
  /// Says which items there are, so that a collection holds a part.
  [[nodiscard]] bool is_part() const { return !where.empty() || limit != no_limit || offset != 0; }

  Expression where;
  std::vector<db::OrderTerm> order_by;
  std::vector<const db::Path*> fields;  // empty: all but those that are lazy
  std::uint64_t limit = no_limit;
  std::uint64_t offset = 0;
  LoadStrategy strategy = LoadStrategy::by_kind;

 private:
  void add_fields(const std::vector<const db::Path*>& members);
};

/// `populate<&Event::registrations, &Registration::user>()`
struct PopulatePath {
  const db::Path* path = nullptr;
  Shared<const RelationOptions> options;  // of the last member; null: none
};
/// One that begins at a member of Owner.
template <class Owner>
struct PopulateFrom : PopulatePath {};

template <class Found, class Owner>
struct these_fields_are_of_another_class {
  static_assert(reflect::detail::never<Found>,
                "roost: fields<...> names members of the class that is found (first argument); "
                "these are of another one (second argument): where a relation leads to it, say "
                "populate<...>(fields<...>())");
};
template <class Found, class Owner>
struct this_path_begins_at_another_class {
  static_assert(reflect::detail::never<Found>,
                "roost: populate<...> begins at a relation of the class that is found (first "
                "argument); this one is of another class (second argument): name the relations "
                "that lead to it first");
};
template <auto Member>
struct only_relations_are_populated {
  static_assert(reflect::detail::never<decltype(Member)>,
                "roost: populate<...> names relations, Ref or Collection; this member is a column, "
                "which is read without being told (a lazy one: em.load<...>(entity))");
};
template <auto Member>
struct this_member_has_no_order {
  static_assert(
      reflect::detail::never<decltype(Member)>,
      "roost: order_by(...): a collection, a list and a JSON document have no order: name "
      "a member inside, as asc<&Author::books, &Book::title>");
};

namespace detail {

/// What becomes of a find of one entity that is not there: null, or NotFoundError.
enum class IfMissing : std::uint8_t { null, fail };

/// Fields and paths of another class do not fit.
template <class T>
constexpr bool check_option(const void*) {
  return true;
}
template <class T, class Owner>
constexpr bool check_option(const Fields<Owner>*) {
  if constexpr (!std::is_base_of_v<Owner, T>) {
    return sizeof(these_fields_are_of_another_class<T, Owner>) > 0;
  }
  return true;
}
template <class T, class Owner>
constexpr bool check_option(const PopulateFrom<Owner>*) {
  if constexpr (!std::is_base_of_v<Owner, T> && !std::is_base_of_v<T, Owner>) {
    return sizeof(this_path_begins_at_another_class<T, Owner>) > 0;
  }
  return true;
}

template <auto Member>
constexpr bool check_relation() {
  using M = reflect::member_type<Member>;
  if constexpr (!std::is_base_of_v<RefBase, M> && !std::is_base_of_v<CollectionBase, M>) {
    return sizeof(only_relations_are_populated<Member>) > 0;
  }
  return true;
}

template <class M>
inline constexpr bool has_order = !std::is_base_of_v<CollectionBase, M>;
template <class M>
inline constexpr bool has_order<Json<M>> = false;
template <class M>
inline constexpr bool has_order<std::vector<M>> = false;

template <auto First, auto... Rest>
constexpr auto last_of() {
  if constexpr (sizeof...(Rest) == 0) {
    return First;
  } else {
    return last_of<Rest...>();
  }
}

constexpr bool check_order(const void*) { return true; }
template <bool Descending, auto First, auto... Rest>
constexpr bool check_order(const db::FieldOrder<Descending, First, Rest...>*) {
  constexpr auto last = last_of<First, Rest...>();
  if constexpr (!has_order<reflect::member_type<last>>) {
    return sizeof(this_member_has_no_order<last>) > 0;
  }
  return true;
}

template <class T>
struct RelationOptionsOf {
  template <class... Option>
  [[nodiscard]] static Shared<const RelationOptions> make(Option&&... options) {
    static_cast<void>(
        (check_option<T>(static_cast<std::remove_reference_t<Option>*>(nullptr)) && ...));
    RelationOptions made;
    (made.add(std::forward<Option>(options)), ...);
    return Shared<const RelationOptions>::make(std::move(made));
  }
};

}  // namespace detail

/// Everything about one find. Movable; built by the entity manager from what it is given.
class FindOptions {
 public:
  // Not inline: each file with a find would compile them.
  FindOptions();
  FindOptions(const FindOptions& other);
  FindOptions(FindOptions&& other) noexcept;
  FindOptions& operator=(const FindOptions& other);
  FindOptions& operator=(FindOptions&& other) noexcept;
  ~FindOptions();

  void add(Expression condition);
  void add(OrderBy order);
  void add(Limit value) { limit = value.rows; }
  void add(Offset value) { offset = value.rows; }
  void add(PopulatePath path);
  void add(const std::vector<PopulatePath>& paths);
  template <class T>
  void add(const Fields<T>& chosen) {
    add_fields(chosen.members);
  }
  void add_key(db::Value value);
  void add(LockMode mode) { lock = mode; }
  void add(FlushMode mode) {
    flush_mode = mode;
    has_flush_mode = true;
  }
  void add(ExpectedVersion expected) { expected_version = expected.version; }
  /// Those of another one as well: options that were put together at run time.
  void add(const FindOptions& other);
  void add(WithoutFilter filter);
  void add(WithFilter filter);
  void add(WithDeleted) { with_deleted = true; }
  void add(Refresh) { refresh = true; }
  void add(CacheFor cache);

  static constexpr std::uint64_t no_limit = UINT64_MAX;
  static constexpr std::int64_t any_version = INT64_MIN;

  /// find_by_cursor: one page in either direction.
  void add(First value) { limit = value.rows; }
  void add(Last value) {
    limit = value.rows;
    from_the_end = true;
  }
  void add(After value);
  void add(Before value);

  Expression where;
  std::vector<db::Value> key;  // of the one row that is wanted; empty: by the condition
  std::vector<db::OrderTerm> order_by;
  std::uint64_t limit = no_limit;
  std::uint64_t offset = 0;
  std::vector<PopulatePath> populate;
  std::vector<const db::Path*> fields;  // empty: all but those that are lazy
  FilterChoice filters;
  LockMode lock = LockMode::none;
  FlushMode flush_mode = FlushMode::manual;
  bool has_flush_mode = false;  // else that of the manager
  std::int64_t expected_version = any_version;
  bool read_only = false;
  bool refresh = false;
  bool with_deleted = false;
  bool from_the_end = false;
  bool with_order_values = false;
  std::string cursor;
  std::uint64_t cache_milliseconds = 0;  // 0: the database is asked
  std::string cache_name;

 private:
  void add_fields(const std::vector<const db::Path*>& members);
};

}  // namespace roost::orm

namespace roost {

/// Sorts what is found: `order_by(asc<&Event::starts_at>, desc<&Event::id>)`.
template <class... Term>
[[nodiscard]] orm::OrderBy order_by(const Term&... terms) {
  static_cast<void>((orm::detail::check_order(static_cast<const Term*>(nullptr)) && ...));
  orm::OrderBy order;
  (order.terms.push_back(db::OrderTerm{terms}), ...);
  return order;
}
/// `find_one<Event>(id, expect_version(7))`, `em.lock(event, expect_version(7))`: throws
/// OptimisticLockError when the version is another one, as somebody changed the row since.
[[nodiscard]] constexpr orm::ExpectedVersion expect_version(std::int64_t version) {
  return {version};
}
/// The find or count is answered from memory for so many milliseconds, by any manager of the data
/// source, once one of them has asked the database the same (statements and values). Entities are
/// managed as ever; those that a manager has already stay as they are. Writes do not empty it:
/// `source.clear_cache(name)` does. Inside transactions, and where rows are locked or refreshed,
/// the database is asked all the same.
[[nodiscard]] constexpr orm::CacheFor cache_for(std::uint64_t milliseconds,
                                                std::string_view name = {}) {
  return {milliseconds, name};
}
[[nodiscard]] constexpr orm::Limit limit(std::uint64_t rows) { return {rows}; }
[[nodiscard]] constexpr orm::Offset offset(std::uint64_t rows) { return {rows}; }

/// Reads these members only, and what the ORM needs: the key, the version, and references that are
/// populated. The others have the values that the class gives them, a Ref or Collection says that
/// it is not loaded; a flush writes those that were given another value, and never what was not
/// read. `EntityManager::is_loaded` tells; a find without `fields` reads the rest.
template <auto First, auto... Members>
[[nodiscard]] auto fields() {
  using Owner = reflect::member_class<First>;
  static_assert((std::is_same_v<Owner, reflect::member_class<Members>> && ...),
                "roost: fields<…> names members of one class; say more about relations in "
                "populate<…>(fields<…>())");
  return orm::Fields<Owner>{{&db::path_of<First>(), &db::path_of<Members>()...}};
}

inline constexpr auto joined = orm::LoadStrategy::joined;
inline constexpr auto select_in = orm::LoadStrategy::select_in;

/// Loads a relation together with what is found. It can be told which items of a collection, in
/// which order, and how many of each owner; a collection that holds a part cannot be changed:
///
///     populate<&Author::books>(f<&Book::price> > 10, order_by(desc<&Book::title>), limit(3),
///                              fields<&Book::title>())
template <auto First, auto... Members, class... Option>
[[nodiscard]] auto populate(Option&&... options) {
  using Path = orm::PopulateFrom<reflect::member_class<First>>;
  static_cast<void>(orm::detail::check_relation<First>() &&
                    (orm::detail::check_relation<Members>() && ...));
  if constexpr (sizeof...(Option) == 0) {
    return Path{{&db::path_of<First, Members...>(), nullptr}};
  } else {
    using Last = reflect::member_type<orm::detail::last_of<First, Members...>()>;
    using Target = typename db::PathTarget<Last>::type;
    return Path{{&db::path_of<First, Members...>(),
                 orm::detail::RelationOptionsOf<Target>::make(std::forward<Option>(options)...)}};
  }
}

}  // namespace roost
