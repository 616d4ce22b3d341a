// Rows copied out of SQLite: the storage of its results.
#pragma once

#include <roost/sql/detail/inline_vector.hpp>
#include <roost/sql/result.hpp>
#include <roost/sql/scratch.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

struct sqlite3_stmt;

namespace roost::db::sqlite::detail {

using ColumnNames = std::vector<std::string>;

class MemoryRows final : public ResultStorage {
 public:
  explicit MemoryRows(std::shared_ptr<const ColumnNames> names)
      : names_{std::move(names)}, columns_{names_ == nullptr ? 0 : names_->size()} {}

  /// Copies the row at which the statement stands.
  void append(sqlite3_stmt* statement);
  /// Copies a row of another result, for chunks.
  void append(const ResultStorage& other, std::size_t row);
  void set_affected_rows(std::uint64_t rows) { affected_ = rows; }

  [[nodiscard]] std::size_t row_count() const override {
    return columns_ == 0 ? 0 : cells_.size() / columns_;
  }
  [[nodiscard]] std::size_t column_count() const override { return columns_; }
  [[nodiscard]] std::uint64_t affected_rows() const override { return affected_; }
  [[nodiscard]] std::string_view column_name(std::size_t column) const override {
    return (*names_)[column];
  }
  [[nodiscard]] ValueView value(std::size_t row, std::size_t column) const override {
    return cells_[row * columns_ + column];
  }

 private:
  std::shared_ptr<const ColumnNames> names_;
  std::size_t columns_;
  std::uint64_t affected_ = 0;
  db::detail::InlineVector<ValueView, 8> cells_;  // a row or so without an allocation of its own
  Scratch bytes_;
};

}  // namespace roost::db::sqlite::detail
