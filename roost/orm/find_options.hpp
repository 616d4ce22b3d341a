// What a find is told beside its condition: order, limits, what to populate, locks.
#pragma once

#include <roost/orm/collection.hpp>
#include <roost/orm/cursor.hpp>
#include <roost/orm/json.hpp>
#include <roost/orm/reference.hpp>
#include <roost/sql/expression.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
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

/// `populate<&Event::registrations, &Registration::user>()`
struct PopulatePath {
  const db::Path* path = nullptr;
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

struct OrderBy {
  std::vector<db::OrderTerm> terms;
};
struct Limit {
  std::uint64_t rows;
};
struct Offset {
  std::uint64_t rows;
};

/// Everything about one find. Movable; built by the entity manager from what it is given.
class FindOptions {
 public:
  void add(Expression condition) { where = std::move(where) && std::move(condition); }
  void add(OrderBy order) {
    for (db::OrderTerm& term : order.terms) order_by.push_back(std::move(term));
  }
  void add(Limit value) { limit = value.rows; }
  void add(Offset value) { offset = value.rows; }
  void add(PopulatePath path) { populate.push_back(path); }
  void add(const std::vector<PopulatePath>& paths) {
    populate.insert(populate.end(), paths.begin(), paths.end());
  }
  void add(LockMode mode) { lock = mode; }
  void add(FlushMode mode) {
    flush_mode = mode;
    has_flush_mode = true;
  }
  void add(ExpectedVersion expected) { expected_version = expected.version; }
  /// Those of another one as well: options that were put together at run time.
  void add(const FindOptions& other);
  void add(WithoutFilter filter) { without.emplace_back(filter.name); }
  void add(WithDeleted) { with_deleted = true; }
  void add(Refresh) { refresh = true; }

  static constexpr std::uint64_t no_limit = UINT64_MAX;
  static constexpr std::int64_t any_version = INT64_MIN;

  /// find_by_cursor: one page in either direction.
  void add(First value) { limit = value.rows; }
  void add(Last value) {
    limit = value.rows;
    from_the_end = true;
  }
  void add(After value) { cursor = std::move(value.cursor); }
  void add(Before value) {
    cursor = std::move(value.cursor);
    from_the_end = true;
  }

  Expression where;
  std::vector<db::Value> key;  // of the one row that is wanted; empty: by the condition
  std::vector<db::OrderTerm> order_by;
  std::uint64_t limit = no_limit;
  std::uint64_t offset = 0;
  std::vector<PopulatePath> populate;
  std::vector<std::string> without;  // filters
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
};

}  // namespace roost::orm

namespace roost {

/// Sorts what is found: `order_by(asc<&Event::starts_at>, desc<&Event::id>)`.
template <class... Term>
[[nodiscard]] orm::OrderBy order_by(const Term&... terms) {
  orm::OrderBy order;
  (order.terms.push_back(db::OrderTerm{terms}), ...);
  return order;
}
/// `find_one<Event>(id, expect_version(7))`, `em.lock(event, expect_version(7))`: throws
/// OptimisticLockError when the version is another one, as somebody changed the row since.
[[nodiscard]] constexpr orm::ExpectedVersion expect_version(std::int64_t version) {
  return {version};
}
[[nodiscard]] constexpr orm::Limit limit(std::uint64_t rows) { return {rows}; }
[[nodiscard]] constexpr orm::Offset offset(std::uint64_t rows) { return {rows}; }

/// Loads a relation together with what is found.
template <auto... Members>
[[nodiscard]] orm::PopulatePath populate() {
  return {&db::path_of<Members...>()};
}

}  // namespace roost
