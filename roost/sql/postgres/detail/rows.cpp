// Results of libpq as rows.
#include <roost/sql/postgres/detail/rows.hpp>

#include <libpq-fe.h>

#include <charconv>

namespace roost::db::postgres::detail {

namespace {

std::uint64_t affected_rows_of(PGresult* result) {
  const std::string_view tag = ::PQcmdStatus(result);
  // Of a SELECT, FETCH or COPY it would be the number of returned rows.
  if (!tag.starts_with("INSERT") && !tag.starts_with("UPDATE") && !tag.starts_with("DELETE") &&
      !tag.starts_with("MERGE")) {
    return 0;
  }
  const std::string_view digits = ::PQcmdTuples(result);
  std::uint64_t count = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), count);
  return count;
}

}  // namespace

Rows::Rows(PGresult* result)
    : result_{result},
      rows_{static_cast<std::size_t>(::PQntuples(result))},
      columns_{static_cast<std::size_t>(::PQnfields(result))},
      affected_{affected_rows_of(result)} {
  if (columns_ > few) more_.reserve(columns_ - few);
  for (std::size_t i = 0; i < columns_; ++i) {
    const int number = static_cast<int>(i);
    const Column made{cell_type_of(::PQftype(result, number)), ::PQfformat(result, number) == 1};
    if (i < few) {
      first_[i] = made;
    } else {
      more_.push_back(made);
    }
  }
}

Rows::~Rows() { ::PQclear(result_); }

std::string_view Rows::column_name(std::size_t column) const {
  return ::PQfname(result_, static_cast<int>(column));
}

ValueView Rows::value(std::size_t row, std::size_t index) const {
  const int row_number = static_cast<int>(row);
  const int column_number = static_cast<int>(index);
  const char* bytes = ::PQgetvalue(result_, row_number, column_number);
  const int size = ::PQgetlength(result_, row_number, column_number);
  if (size == 0 && ::PQgetisnull(result_, row_number, column_number) == 1) return ValueView::null();
  const Column& about = column(index);
  const std::string_view cell{bytes, static_cast<std::size_t>(size)};
  if (about.binary && !needs_scratch(about.type)) return decode_binary(about.type, cell, nullptr);
  if (scratch_ == nullptr) scratch_ = std::make_unique<Scratch>();
  if (about.binary) return decode_binary(about.type, cell, scratch_.get());
  return decode_text(about.type, ::PQftype(result_, column_number), cell, *scratch_);
}

void Rows::count_only() {
  if (rows_ == 1 && columns_ == 1) affected_ = static_cast<std::uint64_t>(value(0, 0).integer());
  rows_ = 0;
  columns_ = 0;
}

bool Rows::known_types() const {
  for (std::size_t i = 0; i < columns_; ++i) {
    const CellType type = column(i).type;
    if (type == CellType::other) return false;
    if (type == CellType::array &&
        element_type_of(::PQftype(result_, static_cast<int>(i))) == CellType::other) {
      return false;
    }
  }
  return true;
}

}  // namespace roost::db::postgres::detail
