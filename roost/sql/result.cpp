// Checked access to rows.
#include <roost/sql/errors.hpp>
#include <roost/sql/result.hpp>

#include <string>

namespace roost::db {

namespace {

[[noreturn]] void throw_no_column(const ResultStorage& storage, std::string wanted) {
  std::string message = "the result has no column " + std::move(wanted) + "; it has:";
  if (storage.column_count() == 0) message += " none";
  for (std::size_t i = 0; i < storage.column_count(); ++i) {
    message += i == 0 ? " " : ", ";
    message += storage.column_name(i);
  }
  throw UsageError(std::move(message));
}

std::optional<std::size_t> find(const ResultStorage& storage, std::string_view name) {
  for (std::size_t i = 0; i < storage.column_count(); ++i) {
    if (storage.column_name(i) == name) return i;
  }
  return std::nullopt;
}

}  // namespace

ValueView Row::operator[](std::size_t column) const {
  if (column >= size()) throw_no_column(*storage_, std::to_string(column));
  return value(column);
}

ValueView Row::operator[](std::string_view column) const {
  const std::optional<std::size_t> index = find(*storage_, column);
  if (!index) throw_no_column(*storage_, '"' + std::string{column} + '"');
  return value(*index);
}

std::optional<std::size_t> Result::find_column(std::string_view name) const {
  if (storage_ == nullptr) return std::nullopt;
  return find(*storage_, name);
}

}  // namespace roost::db
