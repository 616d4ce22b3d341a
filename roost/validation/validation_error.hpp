// What validation found: one entry per failed rule, and the texts for the answer.
#pragma once

#include <roost/validation/options.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace roost::validation {

/// One failed rule of one member.
struct ValidationError {
  std::string parent;    // path of the object that has the member: "toys.0"; "" at the top
  std::string property;  // name of the member: "price"
  std::string rule;      // key of the rule: "min"; the same keys as class-validator's constraints
  std::string message;   // "price must not be less than 0"

  /// "toys.0.price".
  [[nodiscard]] std::string path() const;
  /// "toys.0.price must not be less than 0".
  [[nodiscard]] std::string text() const;
};

/// The outcome of a validation; empty: all is well. Owns its texts.
class ValidationErrors {
 public:
  [[nodiscard]] bool empty() const { return errors_.empty() && summary_.empty(); }
  [[nodiscard]] std::size_t size() const { return errors_.size(); }
  [[nodiscard]] const ValidationError& operator[](std::size_t i) const { return errors_[i]; }
  [[nodiscard]] auto begin() const { return errors_.begin(); }
  [[nodiscard]] auto end() const { return errors_.end(); }

  /// One sentence about the whole input, when it has no members to speak of ("Validation failed
  /// (parsable array expected)"); then "message" in the error body is this string, not a list.
  [[nodiscard]] const std::string& summary() const { return summary_; }

  /// Texts in the order of the answer, paths before them, limited as the options say.
  [[nodiscard]] std::vector<std::string> messages(const ValidationOptions& options = {}) const;
  /// Path → messages without the path, in order.
  [[nodiscard]] std::vector<std::pair<std::string, std::vector<std::string>>> grouped() const;
  /// All texts, one a line; for logs.
  [[nodiscard]] std::string to_string() const;

  void add(ValidationError error) { errors_.push_back(std::move(error)); }
  void set_summary(std::string summary) { summary_ = std::move(summary); }
  void reserve(std::size_t size) { errors_.reserve(size); }

 private:
  std::vector<ValidationError> errors_;
  std::string summary_;
};

}  // namespace roost::validation
