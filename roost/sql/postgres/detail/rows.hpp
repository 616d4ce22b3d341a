// PRIVATE: the storage of results: cells as the server sent them, decoded one by one when asked.
#pragma once

#include <roost/async/frame_cache.hpp>
#include <roost/sql/postgres/detail/byte_buffer.hpp>
#include <roost/sql/postgres/detail/types.hpp>
#include <roost/sql/result.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace roost::db::postgres::detail {

/// The columns of a result. Immutable; all results of a prepared statement share one.
class RowShape {
 public:
  struct Column {
    std::string name;
    Oid oid = 0;
    CellType type = CellType::other;
  };

  explicit RowShape(std::vector<Column> columns);

  [[nodiscard]] const std::vector<Column>& columns() const { return columns_; }
  /// Can all columns be read in binary?
  [[nodiscard]] bool known_types() const { return known_types_; }

 private:
  std::vector<Column> columns_;
  bool known_types_ = true;
};

/// Where the bytes of a cell are; a NULL has the size -1.
struct Cell {
  std::uint32_t offset = 0;
  std::int32_t size = -1;
};

/// Rows that are still arriving. Reused from result to result.
class RowBuffer {
 public:
  /// Takes the body of a DataRow message. Throws ProtocolError when it has not that many columns,
  /// or its sizes are wrong.
  void append(std::string_view row, std::size_t columns);
  void clear();

  [[nodiscard]] std::size_t row_count() const { return rows_; }
  [[nodiscard]] const std::vector<Cell>& cells() const { return cells_; }
  [[nodiscard]] std::string_view bytes() const { return bytes_.view(); }
  [[nodiscard]] bool empty() const { return rows_ == 0 && cells_.empty() && !too_large_; }
  /// More came than a Cell can point to; nothing has been kept since.
  [[nodiscard]] bool too_large() const { return too_large_; }

 private:
  std::vector<Cell> cells_;
  ByteBuffer bytes_;
  std::size_t rows_ = 0;
  bool too_large_ = false;
};

class Rows final : public ResultStorage {
 public:
  /// The rows in `buffer`, which is empty afterwards.
  Rows(std::shared_ptr<const RowShape> shape, bool binary, std::uint64_t affected_rows,
       RowBuffer& buffer);
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;
  ~Rows() override;
  /// From the thread's lists: one for each statement.
  static void* operator new(std::size_t size) { return async::allocate_frame(size); }
  static void operator delete(void* memory, std::size_t size) { async::free_frame(memory, size); }

  [[nodiscard]] std::size_t row_count() const override { return rows_; }
  [[nodiscard]] std::size_t column_count() const override { return columns_; }
  [[nodiscard]] std::uint64_t affected_rows() const override { return affected_; }
  [[nodiscard]] std::string_view column_name(std::size_t column) const override;
  [[nodiscard]] ValueView value(std::size_t row, std::size_t column) const override;

  /// For a row that a check of the driver's own gave: its number is that of the affected rows.
  void count_only();
  [[nodiscard]] bool known_types() const { return shape_->known_types(); }

 private:
  static constexpr std::size_t few_cells = 4;
  static constexpr std::size_t few_bytes = 48;

  std::shared_ptr<const RowShape> shape_;
  std::size_t rows_;
  std::size_t columns_;
  std::uint64_t affected_;
  const Cell* cells_;
  const char* bytes_;
  bool binary_;
  std::array<Cell, few_cells> own_cells_;  // of a result that fits
  std::array<char, few_bytes> own_bytes_;
  std::unique_ptr<std::byte, async::FrameDeleter>
      block_;                                 // of one that does not: cells, then bytes
  std::unique_ptr<RowBuffer> buffer_;         // of a large one, as it came
  mutable std::unique_ptr<Scratch> scratch_;  // only for cells that need one
};

}  // namespace roost::db::postgres::detail
