// Fast appending to a std::string: room is made once for several pieces, and the end is a pointer.
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace roost::json::detail {

/// Appends to `out`, whose own size is only right again after `finish` or destruction (which also
/// happens when an exception passes).
class Output {
 public:
  explicit Output(std::string& out) : out_{out}, size_before_{out.size()} { expand(initial_room); }
  ~Output() { finish(); }
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  /// Gives the string its true size. Nothing may be put afterwards without `reserve`.
  void finish() {
    out_.resize(size());
    end_ = at_ = out_.data() + out_.size();
  }

  /// Bytes in the string so far, with those that were there before.
  [[nodiscard]] std::size_t size() const { return static_cast<std::size_t>(at_ - out_.data()); }
  [[nodiscard]] char& operator[](std::size_t position) { return out_[position]; }
  /// Drops what was appended after `size`.
  void rewind(std::size_t size) { at_ = out_.data() + size; }
  [[nodiscard]] std::size_t size_before() const { return size_before_; }

  /// Makes room for `count` more bytes.
  void reserve(std::size_t count) {
    if (static_cast<std::size_t>(end_ - at_) < count) [[unlikely]] {
      expand(count);
    }
  }

  // The rest assumes that there is room.
  void put(char c) { *at_++ = c; }
  void put(std::string_view text) {
    std::memcpy(at_, text.data(), text.size());
    at_ += text.size();
  }
  /// Room for 16 bytes more than the text is needed, and `text` has that many readable bytes.
  void put_padded(const char* text, std::size_t size) {
    std::memcpy(at_, text, 16);
    if (size > 16) [[unlikely]] {
      std::memcpy(at_ + 16, text + 16, size - 16);
    }
    at_ += size;
  }
  template <class Integer>
  void put_integer(Integer value) {
    at_ = std::to_chars(at_, end_, value).ptr;
  }
  [[nodiscard]] char* cursor() { return at_; }
  void advance(std::size_t count) { at_ += count; }

  /// A JSON string with quotes; makes its own room.
  void put_string(std::string_view text);
  /// The shortest text that reads back as the same value, in ECMAScript's layout; null for NaN and
  /// the infinities. Makes its own room.
  void put_double(double value) { put_double(value, most_plain_digits); }
  /// The same, but from 2^53 on with an exponent, so that it reads back as a double and not as an
  /// integer that the double only approximates.
  void put_marked_double(double value) { put_double(value, exact_digits); }
  void put_float(float value);

  /// The string itself, with its true size, for others to append to; `resume` afterwards.
  [[nodiscard]] std::string& suspend() {
    finish();
    return out_;
  }
  void resume() { at_ = end_ = out_.data() + out_.size(); }

  static constexpr std::size_t integer_room = 24;

 private:
  static constexpr std::size_t initial_room = 256;

  void expand(std::size_t count);
  void put_string_slowly(const char* at, const char* end);
  static constexpr int most_plain_digits = 21;  // ECMAScript: above comes an exponent
  static constexpr int exact_digits = 15;

  void put_double(double value, int plain_digits);
  void put_shortest(char* digits, std::size_t size, bool negative, int plain_digits);

  std::string& out_;
  std::size_t size_before_;
  char* at_ = nullptr;
  char* end_ = nullptr;
};

}  // namespace roost::json::detail
