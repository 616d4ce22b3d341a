// Reading of a document, of scalars, and of what nobody asked for.
#include <roost/json/detail/reader.hpp>
#include <roost/json/detail/utf8.hpp>

#include <algorithm>
#include <cmath>
#include <memory>

namespace roost::json::detail {

using reflect::TypeDescriptor;
using reflect::TypeKind;

namespace {

template <class T>
T& as(void* object) {
  return *static_cast<T*>(object);
}

}  // namespace

bool Reader::enter() {
  const unsigned limit = std::min(options_.max_depth, ReadOptions::deepest);
  if (++depth_ <= limit) return true;
  return cursor_.fail(IssueCode::too_deep,
                      "JSON is nested deeper than " + std::to_string(limit) + " levels");
}

bool Reader::check_text() {
  if (text_.size() > options_.max_bytes) {
    issues_->set_document_fault(IssueCode::too_large,
                                "JSON text is longer than " + std::to_string(options_.max_bytes) +
                                    " bytes: it has " + std::to_string(text_.size()));
    return false;
  }
  const char* end = text_.data() + text_.size();
  const char* bad = find_invalid_utf8(text_.data(), end);
  if (bad == end) return true;
  cursor_.rewind(bad);
  return cursor_.fail(IssueCode::invalid_utf8, "JSON text is not UTF-8: invalid byte");
}

template <class ReadRoot>
bool Reader::run(const ReadRoot& read_root) {
  issues_->clear();
  if (!check_text() || !read_root() || !cursor_.read_end()) {
    if (!cursor_.fault_text().empty()) {
      issues_->set_document_fault(cursor_.fault_code(), std::move(cursor_.fault_text()));
    }
    return false;
  }
  return issues_->empty();
}

bool Reader::read_document(const TypeDescriptor& type, void* target) {
  return run([&] { return read(type, target, nullptr); });
}

bool Reader::read_document(Value& target) {
  return run([&] { return read_dynamic(target, nullptr); });
}

void Reader::report(IssueCode code, const TypeDescriptor* type, const Place* place, RawValue raw) {
  issues_->add(make_issue(code, type, place, std::move(raw)));
}

bool Reader::mismatch(IssueCode code, const TypeDescriptor& type, const Place* place) {
  RawValue raw;
  if (!read_raw(raw)) return false;
  report(code, &type, place, std::move(raw));
  return true;
}

bool Reader::read(const TypeDescriptor& type, void* target, const Place* place) {
  switch (type.kind) {
    case TypeKind::boolean:
      return read_boolean(type, target, place);
    case TypeKind::integer:
      return read_integer(type, target, place);
    case TypeKind::floating:
      return read_floating(type, target, place);
    case TypeKind::string:
    case TypeKind::enumeration:
    case TypeKind::text:
      return read_string(type, target, place);
    case TypeKind::object:
      return read_object(type, target, place);
    case TypeKind::sequence:
      return read_sequence(type, target, place);
    case TypeKind::map:
      return read_map(type, target, place);
    case TypeKind::optional:
      return read_optional(*type.optional, target, place);
    case TypeKind::variant:
      return read_variant(type, target, place);
    case TypeKind::dynamic:
      return read_dynamic(as<Value>(target), place);
    case TypeKind::reference:  // members of this kind are refused; elements come here
      return mismatch(IssueCode::wrong_type, type, place);
  }
  return true;
}

bool Reader::read_boolean(const TypeDescriptor& type, void* target, const Place* place) {
  const char c = cursor_.peek();
  if (c != 't' && c != 'f') return mismatch(wrong(c), type, place);
  as<bool>(target) = c == 't';
  return cursor_.read_word(c == 't' ? "true" : "false");
}

bool Reader::read_integer(const TypeDescriptor& type, void* target, const Place* place) {
  const char c = cursor_.peek();
  if (!starts_number(c)) return mismatch(wrong(c), type, place);
  std::int64_t small = 0;
  if (cursor_.take_small_integer(small)) {
    if (type.integer.bytes == 4 && type.integer.is_signed && small >= INT32_MIN &&
        small <= INT32_MAX) [[likely]] {
      as<std::int32_t>(target) = static_cast<std::int32_t>(small);
      return true;
    }
    return store_small_integer(type, small, target, place);
  }
  return read_integer_slowly(type, target, place);
}

bool Reader::store_small_integer(const TypeDescriptor& type, std::int64_t value, void* target,
                                 const Place* place) {
  const ExactInteger exact{value < 0, static_cast<std::uint64_t>(value < 0 ? -value : value)};
  if (store_integer(type.integer, exact, target)) return true;
  report(IssueCode::out_of_range, &type, place, raw_integer(exact));
  return true;
}

bool Reader::read_integer_slowly(const TypeDescriptor& type, void* target, const Place* place) {
  NumberText number;
  if (!cursor_.read_number(number)) return false;
  ExactInteger integer;
  const IntegerForm form = exact_integer(number, integer);
  if (form == IntegerForm::integer && store_integer(type.integer, integer, target)) return true;
  const bool fraction = form == IntegerForm::fraction;
  report(fraction ? IssueCode::not_an_integer : IssueCode::out_of_range, &type, place,
         raw_number(number));
  return true;
}

bool Reader::read_floating(const TypeDescriptor& type, void* target, const Place* place) {
  const char c = cursor_.peek();
  if (!starts_number(c)) return mismatch(wrong(c), type, place);
  NumberText number;
  if (!cursor_.read_number(number)) return false;
  bool finite = false;
  if (type.size == sizeof(float)) {
    as<float>(target) = nearest_float(number);
    finite = std::isfinite(as<float>(target));
    if (!finite) as<float>(target) = 0;
  } else {
    as<double>(target) = nearest_double(number);
    finite = std::isfinite(as<double>(target));
    if (!finite) as<double>(target) = 0;
  }
  if (!finite) report(IssueCode::out_of_range, &type, place, raw_number(number));
  return true;
}

/// std::string, enumerators and classes that are written as a string.
bool Reader::read_string(const TypeDescriptor& type, void* target, const Place* place) {
  const char c = cursor_.peek();
  if (c != '"') return mismatch(wrong(c), type, place);
  std::string_view text;
  if (!cursor_.read_string(text)) return false;
  if (type.kind == TypeKind::string) {
    as<std::string>(target).assign(text);
    return true;
  }
  const bool good = type.kind == TypeKind::text
                        ? has_form(place, text) && type.text->parse(text, target)
                        : store_enumerator(*type.enumeration, text, target);
  if (!good) report(IssueCode::invalid_text, &type, place, raw_string(text));
  return true;
}

bool Reader::read_raw(RawValue& raw) {
  const char c = cursor_.peek();
  if (c == '"') {
    std::string_view text;
    if (!cursor_.read_string(text)) return false;
    raw = raw_string(text);
    return true;
  }
  if (c == '{' || c == '[') {
    const char* const begin = cursor_.position();
    raw.kind = c == '{' ? RawKind::object : RawKind::array;
    if (!(c == '{' ? skip_object(raw.size) : skip_array(raw.size))) return false;
    raw.source = {begin, static_cast<std::size_t>(cursor_.position() - begin)};
    return true;
  }
  if (c == 't' || c == 'f') {
    raw.kind = RawKind::boolean;
    raw.boolean = c == 't';
    return cursor_.read_word(c == 't' ? "true" : "false");
  }
  if (c == 'n') {
    raw.kind = RawKind::null;
    return cursor_.read_word("null");
  }
  if (!starts_number(c)) return cursor_.fail_unexpected("a value");
  NumberText number;
  if (!cursor_.read_number(number)) return false;
  raw = raw_number(number);
  return true;
}

/// As `read_raw`, without looking at what it is.
bool Reader::skip_value() {
  const char c = cursor_.peek();
  std::size_t size = 0;
  if (c == '{') return skip_object(size);
  if (c == '[') return skip_array(size);
  if (c == '"') {
    std::string_view text;
    return cursor_.read_string(text);
  }
  if (starts_number(c)) {
    NumberText number;
    return cursor_.read_number(number);
  }
  RawValue raw;
  return read_raw(raw);
}

bool Reader::skip_array(std::size_t& elements) {
  const Level level{*this};
  if (!level.ok()) return false;
  cursor_.next();
  bool more = cursor_.peek() != ']';
  if (!more) cursor_.next();
  while (more) {
    ++elements;
    if (!skip_value() || !cursor_.read_separator(']', more)) return false;
  }
  return true;
}

bool Reader::skip_object(std::size_t& members) {
  const Level level{*this};
  if (!level.ok()) return false;
  cursor_.next();
  bool more = cursor_.peek() != '}';
  if (!more) cursor_.next();
  while (more) {
    ++members;
    std::string_view name;
    if (cursor_.peek() != '"') return cursor_.fail_unexpected("a member name in quotes");
    if (!cursor_.read_string(name) || !cursor_.read_colon()) return false;
    if (!skip_value() || !cursor_.read_separator('}', more)) return false;
  }
  return true;
}

}  // namespace roost::json::detail
