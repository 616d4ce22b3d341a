// Header fields that every response of a server carries, formatted once.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace roost::http {

/// Immutable once shared; outlives the responses that refer to it. A response that sets a field of
/// the same name itself has only its own.
class HeaderBlock {
 public:
  /// Throws roost::Error if the name is no token or the value has control characters.
  HeaderBlock& add(std::string_view name, std::string_view value);

  /// "Name: value\r\n"…
  [[nodiscard]] std::string_view text() const { return text_; }
  [[nodiscard]] bool empty() const { return text_.empty(); }
  template <class Visitor>
  void for_each(Visitor&& visit) const {
    for (const Entry& entry : entries_) {
      visit(std::string_view{entry.name}, std::string_view{entry.value});
    }
  }

 private:
  struct Entry {
    std::string name;
    std::string value;
  };
  std::vector<Entry> entries_;
  std::string text_;
};

}  // namespace roost::http
