// Copies cells: numbers as they are, texts and blobs into the arena of the result.
#include <roost/sql/sqlite/detail/rows.hpp>

#include <sqlite3.h>

namespace roost::db::sqlite::detail {

namespace {

/// Through sqlite3_value, which costs a third of asking column by column: in connections that are
/// opened without mutexes there are only protected values.
ValueView copy_cell(sqlite3_stmt* statement, int column, Scratch& bytes) {
  sqlite3_value* const cell = sqlite3_column_value(statement, column);
  switch (sqlite3_value_type(cell)) {
    case SQLITE_INTEGER:
      return ValueView::int64(sqlite3_value_int64(cell));
    case SQLITE_FLOAT:
      return ValueView::float64(sqlite3_value_double(cell));
    case SQLITE_TEXT: {
      const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(cell));
      const auto size = static_cast<std::size_t>(sqlite3_value_bytes(cell));
      return ValueView::text(bytes.copy({text, size}));
    }
    case SQLITE_BLOB: {
      const auto* blob = static_cast<const char*>(sqlite3_value_blob(cell));
      const auto size = static_cast<std::size_t>(sqlite3_value_bytes(cell));
      const std::string_view copy = bytes.copy({blob, blob == nullptr ? 0 : size});
      return ValueView::bytes(std::as_bytes(std::span{copy.data(), copy.size()}));
    }
    default:
      return ValueView::null();
  }
}

}  // namespace

void MemoryRows::append(sqlite3_stmt* statement) {
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
