// Finds the semicolons between statements.
#pragma once

#include <roost/sql/dialect.hpp>

#include <string_view>
#include <vector>

namespace roost::db::detail {

/// See Dialect::split_script. A literal or comment that never ends reaches to the end of the
/// script: the database will complain about it.
[[nodiscard]] std::vector<std::string_view> split_script(std::string_view script,
                                                         DialectKind dialect);

/// The first keyword of a statement, in lower case, after blanks and comments; at most 15 letters.
class FirstWord {
 public:
  explicit FirstWord(std::string_view statement);
  [[nodiscard]] std::string_view view() const { return {letters_, size_}; }

 private:
  char letters_[16] = {};
  std::size_t size_ = 0;
};

/// Is this BEGIN, COMMIT, ROLLBACK, SAVEPOINT …, which only the driver may send?
[[nodiscard]] bool controls_transaction(std::string_view statement);

}  // namespace roost::db::detail
