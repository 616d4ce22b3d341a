// Assembly of batches.
#include <roost/sql/batch.hpp>
#include <roost/sql/errors.hpp>

#include <string>

namespace roost::db {

std::uint32_t Batch::add(const Statement& statement, std::span<const ValueView> parameters,
                         std::uint32_t expected_rows) {
  const std::uint32_t position = begin(statement, expected_rows);
  for (const ValueView& parameter : parameters) bind(parameter);
  return position;
}

std::uint32_t Batch::begin(const Statement& statement, std::uint32_t expected_rows) {
  Entry& entry = entries_.emplace_back();
  entry.statement = statement;
  entry.first_parameter = static_cast<std::uint32_t>(parameters_.size());
  entry.expected_rows = expected_rows;
  return static_cast<std::uint32_t>(entries_.size() - 1);
}

void Batch::bind(const ValueView& parameter) {
  if (entries_.empty()) throw UsageError("Batch::bind() before Batch::begin()");
  if (parameter.type() == ValueType::result_cell &&
      parameter.cell().statement >= entries_.size() - 1) {
    throw UsageError("statement " + std::to_string(entries_.size() - 1) +
                     " of a batch uses a cell of statement " +
                     std::to_string(parameter.cell().statement) +
                     ", which does not stand before it");
  }
  parameters_.push_back(parameter);
  ++entries_.back().parameter_count;
}

void Batch::reserve(std::size_t statements, std::size_t parameters) {
  entries_.reserve(statements);
  parameters_.reserve(parameters);
}

void Batch::clear() {
  entries_.clear();
  parameters_.clear();
}

}  // namespace roost::db
