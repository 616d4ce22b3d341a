// What graph_bench.cpp does with entities, in SQL written by hand for each database.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

namespace bench {

// The graph: authors with eight books each, every book with two of the tags.
constexpr int authors = 10'000;
constexpr int books_of_each = 8;
constexpr int tags = 10'000;

/// Speaks to a database with the client library of that database. Ends the program when a statement
/// fails.
class ByHand {
 public:
  ByHand() = default;
  ByHand(const ByHand&) = delete;
  ByHand& operator=(const ByHand&) = delete;
  virtual ~ByHand() = default;

  /// Creates the tables of the entities, empty, where the entity manager does not see them.
  virtual void create(std::span<const std::string> statements) = 0;
  virtual void import() = 0;
  /// Lets the planner know what was imported; a server does so by itself, sooner or later.
  virtual void analyze() = 0;
  /// Both return a number that depends on what was read.
  virtual std::size_t find(int author) = 0;
  virtual std::size_t read(int author) = 0;
  virtual void order() = 0;
};

/// sqlite3 in C, in memory.
[[nodiscard]] std::unique_ptr<ByHand> sqlite_by_hand();
/// libpq, with the statements of a unit pipelined; in a schema of its own.
[[nodiscard]] std::unique_ptr<ByHand> postgres_by_hand(const std::string& url);

}  // namespace bench
