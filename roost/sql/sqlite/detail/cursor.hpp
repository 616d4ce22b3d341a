// A statement that is read step by step.
#pragma once

#include <roost/sql/sqlite/detail/handle.hpp>

namespace roost::db::sqlite::detail {

/// A statement of its own on a handle that must outlive it. Keeps copies of its parameters.
class Cursor {
 public:
  /// Throws UsageError when the statement is no read.
  Cursor(Handle& handle, const Statement& statement, std::span<const ValueView> parameters);
  Cursor(const Cursor&) = delete;
  Cursor& operator=(const Cursor&) = delete;
  ~Cursor() = default;

  /// At most `rows` more; none after the last.
  Result next(std::size_t rows, const ExecutionLimits& limits);

 private:
  Handle& handle_;
  Prepared prepared_;
  std::vector<Value> parameters_;
  std::vector<ValueView> views_;
  Scratch scratch_;
  bool finished_ = false;
};

}  // namespace roost::db::sqlite::detail
