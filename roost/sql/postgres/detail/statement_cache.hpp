// PRIVATE: which statements a connection keeps prepared.
#pragma once

#include <roost/sql/postgres/detail/rows.hpp>
#include <roost/sql/statement.hpp>

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace roost::db::postgres::detail {

/// A statement on one connection.
struct Prepared {
  std::string name;              // on the server; empty: never prepared
  std::vector<ValueType> types;  // of the parameters, as they were declared at its first use
  std::string text;              // only without a slot
  std::uint64_t hash = 0;
  std::uint32_t in_flight = 0;  // uses that are under way; it stays while there are any
  std::uint32_t generation = 0;
  bool on_server = false;
  /// Types of the parameters as the server sees them, once it has said so; only with arrays.
  std::vector<Oid> arrays;
  /// Its columns, once the server has said so. PostgreSQL refuses to run it when they change.
  std::shared_ptr<const RowShape> shape;
  /// All columns of its result are of known types, so it may come in binary.
  bool binary = false;
  /// What it returns depends on more than its text (FETCH, EXECUTE, CALL): asked for each time.
  bool describes_each_time = false;
};

/// Which statements may run on a connection.
enum class Allowed : std::uint8_t {
  pooled,    // nothing that outlives its transaction
  session,   // session settings too
  anything,  // the driver's own
};

/// Found by slot, or by text and types in a list of the most recently used. Belongs to a
/// connection.
class StatementCache {
 public:
  explicit StatementCache(std::size_t capacity) : capacity_{capacity} {}

  /// `parameters` stand in for types that nobody declared. The first use of a text checks it:
  /// throws UsageError for statements that must not run here.
  Prepared& find(const Statement& statement, std::span<const ValueView> parameters,
                 Allowed allowed);
  /// Names to deallocate before the next statement.
  [[nodiscard]] std::vector<std::string> take_dropped() { return std::move(dropped_); }
  [[nodiscard]] bool has_dropped() const { return !dropped_.empty(); }
  /// It is missing or outdated on the server: the next use prepares it under another name.
  void renew(Prepared& prepared, bool outdated);

 private:
  using List = std::list<Prepared>;
  Prepared& find_slot(const Statement& statement, std::span<const ValueView> parameters,
                      Allowed allowed);
  void evict();

  std::size_t capacity_;
  std::uint64_t next_name_ = 0;
  std::vector<std::unique_ptr<Prepared>> slots_;
  List recent_;  // the most recently used first
  std::unordered_multimap<std::uint64_t, List::iterator> by_hash_;
  std::vector<std::string> dropped_;
  std::vector<ValueType> undeclared_;  // types of the statement that is looked for
};

/// Throws UsageError for what would change a pooled connection or its transaction behind the
/// driver's back, and for COPY.
void check_statement(std::string_view text, Allowed allowed);

}  // namespace roost::db::postgres::detail
