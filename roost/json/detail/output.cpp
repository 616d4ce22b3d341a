// Strings with escapes, and floating-point numbers in the layout of ECMAScript.
#include <roost/json/detail/output.hpp>
#include <roost/json/detail/utf8.hpp>

#include <algorithm>
#include <array>
#include <cmath>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace roost::json::detail {

namespace {

constexpr std::uint64_t every_byte(unsigned char byte) { return 0x0101010101010101U * byte; }

/// Nonzero when a byte is a quote, a backslash, a control character or not ASCII. A borrow can
/// make it nonzero for harmless bytes, never the other way round: the slow path is exact.
std::uint64_t needs_care(std::uint64_t word) {
  const std::uint64_t quote = word ^ every_byte('"');
  const std::uint64_t backslash = word ^ every_byte('\\');
  const std::uint64_t found =
      (word - every_byte(0x20)) | (quote - every_byte(1)) | (backslash - every_byte(1)) | word;
  return found & every_byte(0x80);
}

template <class Word>
Word load(const char* from) {
  Word word;
  std::memcpy(&word, from, sizeof word);
  return word;
}

bool copy_plain_short(char* to, const char* from, std::size_t size) {
  if (size >= 8) {
    const auto head = load<std::uint64_t>(from);
    const auto tail = load<std::uint64_t>(from + size - 8);  // overlaps the head
    std::memcpy(to, &head, 8);
    std::memcpy(to + size - 8, &tail, 8);
    return (needs_care(head) | needs_care(tail)) == 0;
  }
  if (size >= 4) {
    const auto head = load<std::uint32_t>(from);
    const auto tail = load<std::uint32_t>(from + size - 4);
    std::memcpy(to, &head, 4);
    std::memcpy(to + size - 4, &tail, 4);
    return needs_care(std::uint64_t{head} << 32 | tail) == 0;
  }
  for (std::size_t i = 0; i < size; ++i) {
    const auto byte = static_cast<unsigned char>(from[i]);
    if (byte < 0x20 || byte >= 0x80 || byte == '"' || byte == '\\') return false;
    to[i] = from[i];
  }
  return true;
}

/// Copies a text without anything to escape; false when there is something (what was copied then
/// does not count). `to` has room for the text.
bool copy_plain(char* to, const char* from, std::size_t size) {
  if (size < 16) return copy_plain_short(to, from, size);
#if defined(__SSE2__)
  const __m128i space = _mm_set1_epi8(0x20);
  const __m128i quote = _mm_set1_epi8('"');
  const __m128i backslash = _mm_set1_epi8('\\');
  for (std::size_t i = 0;;) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + i));
    // The comparison is signed: bytes that are not ASCII are less than a space as well.
    const __m128i found =
        _mm_or_si128(_mm_cmplt_epi8(bytes, space),
                     _mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash)));
    if (_mm_movemask_epi8(found) != 0) return false;
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to + i), bytes);
    if (i + 16 == size) return true;
    i = std::min(i + 16, size - 16);  // the last step overlaps the one before
  }
#else
  for (std::size_t i = 0; i < size; i += 8) {
    if (!copy_plain_short(to + i, from + i, std::min<std::size_t>(8, size - i))) return false;
  }
  return true;
#endif
}

/// The letter after the backslash, or 0 for characters that are written as \u00XX.
char short_escape(char c) {
  switch (c) {
    case '"':
      return '"';
    case '\\':
      return '\\';
    case '\b':
      return 'b';
    case '\f':
      return 'f';
    case '\n':
      return 'n';
    case '\r':
      return 'r';
    case '\t':
      return 't';
    default:
      return 0;
  }
}

}  // namespace

void Output::expand(std::size_t count) {
  const std::size_t used = at_ == nullptr ? out_.size() : size();
  // Growing by a part of what is there keeps the cost of filling the new bytes proportional.
  out_.resize(used + std::max(count, used / 2 + initial_room));
  at_ = out_.data() + used;
  end_ = out_.data() + out_.size();
}

void Output::put_string(std::string_view text) {
  reserve(text.size() + 2);
  *at_ = '"';
  if (copy_plain(at_ + 1, text.data(), text.size())) [[likely]] {
    at_[text.size() + 1] = '"';
    at_ += text.size() + 2;
    return;
  }
  ++at_;
  put_string_slowly(text.data(), text.data() + text.size());
}

void Output::put_string_slowly(const char* at, const char* end) {
  constexpr std::string_view hex = "0123456789abcdef";
  while (at != end) {
    // Six bytes for the longest escape of this character, one for the closing quote.
    reserve(static_cast<std::size_t>(end - at) + 8);
    const auto byte = static_cast<unsigned char>(*at);
    if (byte >= 0x80) {
      const Utf8Step step = utf8_step(at, end);
      put(step.valid ? std::string_view{at, step.size} : replacement_character);
      at += step.size;
      continue;
    }
    if (byte >= 0x20 && byte != '"' && byte != '\\') {
      put(*at++);
      continue;
    }
    put('\\');
    if (const char escape = short_escape(*at); escape != 0) {
      put(escape);
    } else {
      put("u00");
      put(hex[byte >> 4]);
      put(hex[byte & 0x0FU]);
    }
    ++at;
  }
  reserve(1);
  put('"');
}

void Output::put_double(double value, int plain_digits) {
  reserve(32);
  if (!std::isfinite(value)) {
    put("null");
    return;
  }
  constexpr double exact_integers = 9007199254740992.0;
  if (value > -exact_integers && value < exact_integers) {
    const auto integer = static_cast<std::int64_t>(value);
    if (static_cast<double>(integer) == value && (integer != 0 || !std::signbit(value))) {
      put_integer(integer);
      return;
    }
  }
  std::array<char, 40> text{};
  const double magnitude = std::fabs(value);
  const auto end = std::to_chars(text.data(), text.data() + text.size(), magnitude,
                                 std::chars_format::scientific)
                       .ptr;
  put_shortest(text.data(), static_cast<std::size_t>(end - text.data()), std::signbit(value),
               plain_digits);
}

void Output::put_float(float value) {
  reserve(32);
  if (!std::isfinite(value)) {
    put("null");
    return;
  }
  std::array<char, 40> text{};
  const float magnitude = std::fabs(value);
  const auto end = std::to_chars(text.data(), text.data() + text.size(), magnitude,
                                 std::chars_format::scientific)
                       .ptr;
  put_shortest(text.data(), static_cast<std::size_t>(end - text.data()), std::signbit(value),
               most_plain_digits);
}

// `digits` is d[.ddd]e±xx.
void Output::put_shortest(char* digits, std::size_t size, bool negative, int plain_digits) {
  const char* exponent_at = std::find(digits, digits + size, 'e');
  int exponent = 0;
  const char* exponent_digits = exponent_at + (exponent_at[1] == '+' ? 2 : 1);
  std::from_chars(exponent_digits, digits + size, exponent);
  auto count = static_cast<int>(exponent_at - digits);
  if (count > 1) {  // close the gap of the decimal point
    digits[1] = digits[0];
    ++digits;
    --count;
  }
  const int point = exponent + 1;  // position of the decimal point relative to the first digit
  const auto put_digits = [&](int from, int to) {
    put(std::string_view{digits + from, static_cast<std::size_t>(to - from)});
  };
  const auto put_zeros = [&](int number) {
    for (int i = 0; i < number; ++i) put('0');
  };
  reserve(48);
  if (negative) put('-');
  if ((point > plain_digits && count <= point) || point < -5) {
    put(digits[0]);
    if (count > 1) {
      put('.');
      put_digits(1, count);
    }
    put(exponent < 0 ? "e-" : "e+");
    put_integer(exponent < 0 ? -exponent : exponent);
  } else if (point <= 0) {
    put("0.");
    put_zeros(-point);
    put_digits(0, count);
  } else if (count <= point) {
    put_digits(0, count);
    put_zeros(point - count);
  } else {
    put_digits(0, point);
    put('.');
    put_digits(point, count);
  }
}

}  // namespace roost::json::detail
