// A recogniser for JSON with an explicit stack, so that depth costs memory and not the stack.
#include <roost/validation/detail/json_syntax.hpp>
#include <roost/validation/detail/text.hpp>

#include <vector>

namespace roost::validation::detail {

namespace {

class Recogniser {
 public:
  explicit Recogniser(std::string_view text) : rest_{text} {}

  bool container() {
    skip_blanks();
    if (rest_.empty() || (rest_.front() != '{' && rest_.front() != '[')) return false;
    do {
      if (!step()) return false;
    } while (!open_.empty());
    skip_blanks();
    return rest_.empty();
  }

 private:
  /// One value, with the brackets that close behind it and the comma that follows.
  bool step() {
    skip_blanks();
    if (rest_.empty()) return false;
    const char c = rest_.front();
    if (c == '{' || c == '[') {
      rest_.remove_prefix(1);
      open_.push_back(c);
      skip_blanks();
      if (take(c == '{' ? '}' : ']')) {
        open_.pop_back();
        return close();
      }
      return c == '[' || name();
    }
    return scalar() && close();
  }

  bool close() {
    while (!open_.empty()) {
      skip_blanks();
      if (take(',')) return open_.back() == '[' || name();
      if (!take(open_.back() == '{' ? '}' : ']')) return false;
      open_.pop_back();
    }
    return true;
  }

  bool name() {
    skip_blanks();
    if (!string()) return false;
    skip_blanks();
    return take(':');
  }

  bool scalar() {
    for (const std::string_view word : {"true", "false", "null"}) {
      if (!rest_.starts_with(word)) continue;
      rest_.remove_prefix(word.size());
      return true;
    }
    return rest_.starts_with('"') ? string() : number();
  }

  bool string() {
    if (!take('"')) return false;
    while (!rest_.empty()) {
      const char c = rest_.front();
      rest_.remove_prefix(1);
      if (c == '"') return true;
      if (static_cast<unsigned char>(c) < 0x20) return false;
      if (c == '\\' && !escape()) return false;
    }
    return false;
  }

  bool escape() {
    if (rest_.empty()) return false;
    const char c = rest_.front();
    rest_.remove_prefix(1);
    if (c != 'u') return std::string_view{"\"\\/bfnrt"}.find(c) != std::string_view::npos;
    if (rest_.size() < 4 || !all_of(rest_.substr(0, 4), is_hex)) return false;
    rest_.remove_prefix(4);
    return true;
  }

  bool digits() {
    if (rest_.empty() || !is_digit(rest_.front())) return false;
    while (!rest_.empty() && is_digit(rest_.front())) rest_.remove_prefix(1);
    return true;
  }

  bool number() {
    (void)take('-');
    if (!take('0') && !digits()) return false;
    if (take('.') && !digits()) return false;
    if (take('e') || take('E')) {
      if (!take('+')) (void)take('-');
      return digits();
    }
    return true;
  }

  bool take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void skip_blanks() {
    while (!rest_.empty() &&
           std::string_view{" \t\n\r"}.find(rest_.front()) != std::string_view::npos) {
      rest_.remove_prefix(1);
    }
  }

  std::string_view rest_;
  std::vector<char> open_;
};

}  // namespace

bool is_json_container(std::string_view text) { return Recogniser{text}.container(); }

}  // namespace roost::validation::detail
