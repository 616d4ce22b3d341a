// Cells in memory.
#include <roost/sql/postgres/detail/messages.hpp>
#include <roost/sql/postgres/detail/rows.hpp>

#include <algorithm>
#include <cstring>
#include <limits>
#include <span>
#include <utility>

namespace roost::db::postgres::detail {

namespace {

/// From here on a result keeps the memory into which it was read instead of a copy.
constexpr std::size_t large_result = 65'536;
/// What a buffer keeps between results.
constexpr std::size_t most_kept = 262'144;

}  // namespace

RowShape::RowShape(std::vector<Column> columns) : columns_{std::move(columns)} {
  for (Column& column : columns_) {
    column.type = cell_type_of(column.oid);
    const bool unknown_elements =
        column.type == CellType::array && element_type_of(column.oid) == CellType::other;
    if (column.type == CellType::other || unknown_elements) known_types_ = false;
  }
}

void RowBuffer::append(std::string_view row, std::size_t columns) {
  MessageParser parser{row};
  if (parser.take_uint16() != columns) throw ProtocolError{"a row of another number of columns"};
  const std::string_view cells = parser.rest();
  if (bytes_.size() + cells.size() > std::numeric_limits<std::uint32_t>::max()) too_large_ = true;
  if (too_large_) return;
  const std::size_t start = bytes_.size();
  bytes_.append(cells);
  for (std::size_t i = 0; i < columns; ++i) {
    Cell& cell = cells_.emplace_back();
    cell.size = static_cast<std::int32_t>(parser.take_uint32());
    cell.offset = static_cast<std::uint32_t>(start + (cells.size() - parser.rest().size()));
    if (cell.size < -1) throw ProtocolError{"a cell of a negative size"};
    if (cell.size > 0) parser.skip(static_cast<std::size_t>(cell.size));
  }
  parser.expect_end();
  ++rows_;
}

void RowBuffer::clear() {
  cells_.clear();
  if (cells_.capacity() * sizeof(Cell) > most_kept) cells_.shrink_to_fit();
  bytes_.clear(most_kept);
  rows_ = 0;
  too_large_ = false;
}

Rows::Rows(std::shared_ptr<const RowShape> shape, bool binary, std::uint64_t affected_rows,
           RowBuffer& buffer)
    : shape_{std::move(shape)},
      rows_{buffer.row_count()},
      columns_{shape_->columns().size()},
      affected_{affected_rows},
      binary_{binary} {
  const std::size_t cells = buffer.cells().size();
  const std::size_t bytes = buffer.bytes().size();
  const std::size_t size = cells * sizeof(Cell) + bytes;
  if (size >= large_result) {
    buffer_ = std::make_unique<RowBuffer>(std::exchange(buffer, RowBuffer{}));
    cells_ = buffer_->cells().data();
    bytes_ = buffer_->bytes().data();
    return;
  }
  Cell* own_cells = own_cells_.data();
  char* own_bytes = own_bytes_.data();
  if (cells > few_cells || bytes > few_bytes) {
    block_ = {static_cast<std::byte*>(async::allocate_frame(size)), async::FrameDeleter{size}};
    own_cells = reinterpret_cast<Cell*>(block_.get());
    own_bytes = reinterpret_cast<char*>(block_.get() + cells * sizeof(Cell));
  }
  std::copy(buffer.cells().begin(), buffer.cells().end(), own_cells);
  std::copy(buffer.bytes().begin(), buffer.bytes().end(), own_bytes);
  cells_ = own_cells;
  bytes_ = own_bytes;
  buffer.clear();
}

Rows::~Rows() = default;

std::string_view Rows::column_name(std::size_t column) const {
  return shape_->columns()[column].name;
}

ValueView Rows::value(std::size_t row, std::size_t index) const {
  const Cell& place = cells_[row * columns_ + index];
  if (place.size < 0) return ValueView::null();
  const std::string_view cell{bytes_ + place.offset, static_cast<std::size_t>(place.size)};
  const RowShape::Column& about = shape_->columns()[index];
  if (binary_ && !needs_scratch(about.type)) return decode_binary(about.type, cell, nullptr);
  if (scratch_ == nullptr) scratch_ = std::make_unique<Scratch>();
  if (binary_) return decode_binary(about.type, cell, scratch_.get());
  return decode_text(about.type, about.oid, cell, *scratch_);
}

void Rows::count_only() {
  if (rows_ == 1 && columns_ == 1) affected_ = static_cast<std::uint64_t>(value(0, 0).integer());
  rows_ = 0;
  columns_ = 0;
}

}  // namespace roost::db::postgres::detail
