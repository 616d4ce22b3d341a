// Reading and comparing decimal texts.
#include <roost/base/decimal.hpp>

#include <algorithm>
#include <charconv>

namespace roost {

namespace {

struct Parts {
  std::string_view integer;   // without leading zeros, except a single one
  std::string_view fraction;  // as written
  bool negative;
};

Parts parts_of(std::string_view text) {
  const bool negative = text.front() == '-';
  if (negative) text.remove_prefix(1);
  const std::size_t point = std::min(text.find('.'), text.size());
  return {text.substr(0, point), point == text.size() ? "" : text.substr(point + 1), negative};
}

bool all_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool all_zeros(std::string_view text) {
  return text.find_first_not_of('0') == std::string_view::npos;
}

std::strong_ordering compare_magnitudes(const Parts& a, const Parts& b) {
  if (a.integer.size() != b.integer.size()) return a.integer.size() <=> b.integer.size();
  if (const int order = a.integer.compare(b.integer); order != 0) return order <=> 0;
  const std::size_t common = std::min(a.fraction.size(), b.fraction.size());
  const int order = a.fraction.substr(0, common).compare(b.fraction.substr(0, common));
  if (order != 0) return order <=> 0;
  if (!all_zeros(a.fraction.substr(common))) return std::strong_ordering::greater;
  if (!all_zeros(b.fraction.substr(common))) return std::strong_ordering::less;
  return std::strong_ordering::equal;
}

}  // namespace

std::optional<Decimal> Decimal::parse(std::string_view text) {
  if (text.empty()) return std::nullopt;
  const bool minus = text.front() == '-';
  if (minus || text.front() == '+') text.remove_prefix(1);
  const std::size_t point = text.find('.');
  std::string_view integer = text.substr(0, point);
  const std::string_view fraction =
      point == std::string_view::npos ? std::string_view{} : text.substr(point + 1);
  if (integer.empty() || integer.size() > max_digits || fraction.size() > max_digits) {
    return std::nullopt;
  }
  if (point != std::string_view::npos && fraction.empty()) return std::nullopt;
  if (!all_digits(integer) || !all_digits(fraction)) return std::nullopt;
  while (integer.size() > 1 && integer.front() == '0') integer.remove_prefix(1);
  Decimal decimal;
  decimal.text_.clear();
  if (minus && !(all_zeros(integer) && all_zeros(fraction))) decimal.text_ += '-';
  decimal.text_ += integer;
  if (!fraction.empty()) decimal.text_.append(".").append(fraction);
  return decimal;
}

std::size_t Decimal::scale() const { return parts_of(text_).fraction.size(); }

double Decimal::to_double() const {
  double value = 0;
  std::from_chars(text_.data(), text_.data() + text_.size(), value);
  return value;
}

std::strong_ordering operator<=>(const Decimal& a, const Decimal& b) {
  const Parts left = parts_of(a.text_);
  const Parts right = parts_of(b.text_);
  if (left.negative != right.negative) {
    return left.negative ? std::strong_ordering::less : std::strong_ordering::greater;
  }
  return left.negative ? compare_magnitudes(right, left) : compare_magnitudes(left, right);
}

}  // namespace roost
