// Several statements as one atomic unit: what a unit of work's flush becomes.
#pragma once

#include <roost/sql/statement.hpp>
#include <roost/sql/value.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace roost::db {

/// Statements that succeed or fail together, as plain data. Executed by a Database it is a
/// transaction of its own without BEGIN or COMMIT (PostgreSQL: one implicit transaction with one
/// Sync; SQLite: a savepoint inside a group commit); executed by a Transaction it is a part of it.
///
/// A parameter may be a ValueView::result_cell: the value that an earlier statement of the batch
/// returns, as the key that `INSERT … RETURNING` generated. SQLite fills it in at once; PostgreSQL
/// asks the server to flush first, so each *level* of such dependencies costs one round trip and
/// everything stays in the one transaction. Order statements by level: all parents, then all
/// children.
///
/// Texts, types and parameter contents must live until the awaited execution is done. Reusable:
/// `clear` keeps the memory. Not thread-safe.
class Batch {
 public:
  static constexpr std::uint32_t any_row_count = UINT32_MAX;

  struct Entry {
    Statement statement;
    std::uint32_t first_parameter = 0;
    std::uint32_t parameter_count = 0;
    /// Rows that it must affect or return (the larger of both); else the whole batch is rolled back
    /// and RowCountMismatch is thrown. This is how optimistic locking refuses to commit. Of a
    /// statement without RETURNING PostgreSQL itself counts the rows; else the commit waits for the
    /// answer, for one more round trip.
    std::uint32_t expected_rows = any_row_count;
  };

  /// Appends a statement and returns its position, which is also the position of its result.
  std::uint32_t add(const Statement& statement, std::span<const ValueView> parameters,
                    std::uint32_t expected_rows = any_row_count);

  /// The same in steps, for callers that bind one parameter at a time.
  std::uint32_t begin(const Statement& statement, std::uint32_t expected_rows = any_row_count);
  void bind(const ValueView& parameter);

  [[nodiscard]] bool empty() const { return entries_.empty(); }
  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  [[nodiscard]] std::span<const Entry> entries() const { return entries_; }
  [[nodiscard]] std::span<const ValueView> parameters(const Entry& entry) const {
    return std::span{parameters_}.subspan(entry.first_parameter, entry.parameter_count);
  }

  void reserve(std::size_t statements, std::size_t parameters);
  void clear();

 private:
  std::vector<Entry> entries_;
  std::vector<ValueView> parameters_;
};

}  // namespace roost::db
