// Copies cells: numbers as they are, texts and blobs into the arena of the result.
#include <roost/sql/sqlite/detail/rows.hpp>

#include <sqlite3.h>

namespace roost::db::sqlite::detail {

namespace {

ValueView copy_cell(sqlite3_stmt* statement, int column, Scratch& bytes) {
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER:
      return ValueView::int64(sqlite3_column_int64(statement, column));
    case SQLITE_FLOAT:
      return ValueView::float64(sqlite3_column_double(statement, column));
    case SQLITE_TEXT: {
      const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
      const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
      return ValueView::text(bytes.copy({text, size}));
    }
    case SQLITE_BLOB: {
      const auto* blob = static_cast<const char*>(sqlite3_column_blob(statement, column));
      const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
      const std::string_view copy = bytes.copy({blob, blob == nullptr ? 0 : size});
      return ValueView::bytes(std::as_bytes(std::span{copy.data(), copy.size()}));
    }
    default:
      return ValueView::null();
  }
}

}  // namespace

void MemoryRows::append(sqlite3_stmt* statement) {
  if (cells_.empty()) cells_.reserve(columns_);
  for (std::size_t i = 0; i < columns_; ++i) {
    cells_.push_back(copy_cell(statement, static_cast<int>(i), bytes_));
  }
}

void MemoryRows::append(const ResultStorage& other, std::size_t row) {
  for (std::size_t i = 0; i < columns_; ++i) {
    const ValueView value = other.value(row, i);
    if (!value.is_null() && value.type() == ValueType::text) {
      cells_.push_back(ValueView::text(bytes_.copy(value.characters())));
    } else if (!value.is_null() && value.type() == ValueType::bytes) {
      const std::string_view copy = bytes_.copy(value.characters());
      cells_.push_back(ValueView::bytes(std::as_bytes(std::span{copy.data(), copy.size()})));
    } else {
      cells_.push_back(value);
    }
  }
}

}  // namespace roost::db::sqlite::detail
