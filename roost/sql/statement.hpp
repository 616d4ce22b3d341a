// A statement: its text, the declared types of its parameters, and the slot under which each
// connection keeps it prepared; and the registry that gives out slots.
#pragma once

#include <roost/base/owned.hpp>
#include <roost/sql/value.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace roost::db {

/// What a statement does, as far as its author knows. It decides where it may run (a reader or the
/// writer, a replica or the primary). A wrong `read` is refused by the database, never executed.
enum class StatementKind : std::uint8_t {
  unknown,  // the driver finds out: SQLite by asking the prepared statement; PostgreSQL: as a write
  read,     // a plain SELECT without locking clause, which changes nothing
  write,    // everything else
};

/// A view of a statement's text in the dialect of the database that runs it; trivially copyable.
/// The owner of text and types keeps them alive until the awaited operation is done.
///
/// With a slot (from StatementRegistry) a connection finds the prepared statement by index, without
/// hashing. Without one it looks in its LRU by `hash`, text and types, and keeps a copy.
struct Statement {
  static constexpr std::uint32_t no_slot = UINT32_MAX;

  constexpr Statement() = default;
  constexpr Statement(std::string_view text_, std::span<const ValueType> parameters_ = {},
                      StatementKind kind_ = StatementKind::unknown)
      : text{text_}, parameters{parameters_}, kind{kind_} {}

  std::string_view text;
  std::span<const ValueType> parameters;  // declared types, in order of number
  std::uint64_t hash = 0;                 // hash_of(text, parameters), or 0: not computed yet
  std::uint32_t slot = no_slot;
  StatementKind kind = StatementKind::unknown;
};

/// The key under which connections look up statements without a slot; never 0.
[[nodiscard]] std::uint64_t hash_of(std::string_view text,
                                    std::span<const ValueType> parameters = {});

/// The statements of one Database that are prepared once per connection. Thread-safe; `add` takes
/// a lock: call it when metadata are built and keep the reference. Slots are dense, from 0.
class StatementRegistry {
 public:
  StatementRegistry();
  StatementRegistry(const StatementRegistry&) = delete;
  StatementRegistry& operator=(const StatementRegistry&) = delete;
  ~StatementRegistry();

  /// The statement with this text and these parameter types; the same one for equal arguments.
  /// It is valid as long as the registry (that is, the Database).
  const Statement& add(std::string_view text, std::span<const ValueType> parameters = {},
                       StatementKind kind = StatementKind::unknown);

  [[nodiscard]] std::size_t size() const;

 private:
  struct Impl;
  Owned<Impl> impl_;
};

}  // namespace roost::db
