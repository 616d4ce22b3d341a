// PRIVATE: the storage of results: libpq's own object, decoded cell by cell when asked.
#pragma once

#include <roost/sql/postgres/detail/types.hpp>
#include <roost/sql/result.hpp>

#include <array>
#include <cstddef>
#include <memory>
#include <vector>

using PGresult = struct pg_result;

namespace roost::db::postgres::detail {

class Rows final : public ResultStorage {
 public:
  /// Takes over `result`, of a statement that succeeded.
  explicit Rows(PGresult* result);
  ~Rows() override;

  [[nodiscard]] std::size_t row_count() const override { return rows_; }
  [[nodiscard]] std::size_t column_count() const override { return columns_; }
  [[nodiscard]] std::uint64_t affected_rows() const override { return affected_; }
  [[nodiscard]] std::string_view column_name(std::size_t column) const override;
  [[nodiscard]] ValueView value(std::size_t row, std::size_t column) const override;

  /// For a row that a check of the driver's own gave: its number is that of the affected rows.
  void count_only();
  /// Can all columns be read in binary?
  [[nodiscard]] bool known_types() const;

 private:
  struct Column {
    CellType type;
    bool binary;
  };
  [[nodiscard]] const Column& column(std::size_t index) const {
    return index < few ? first_[index] : more_[index - few];
  }

  static constexpr std::size_t few = 12;
  PGresult* result_;
  std::size_t rows_;
  std::size_t columns_;
  std::uint64_t affected_ = 0;
  std::array<Column, few> first_;
  std::vector<Column> more_;
  mutable std::unique_ptr<Scratch> scratch_;  // only for cells that need one
};

}  // namespace roost::db::postgres::detail
