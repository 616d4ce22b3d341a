// Changes to members before the rules look at them.
#include <roost/validation/detail/text.hpp>
#include <roost/validation/transform.hpp>

#include <unicode/normalizer2.h>
#include <unicode/ucasemap.h>
#include <unicode/unistr.h>

#include <cstdint>
#include <cstring>

namespace roost::validation {

namespace {

using reflect::TypeDescriptor;
using reflect::TypeKind;

bool is_all_ascii(std::string_view text) {
  for (const char c : text) {
    if (!detail::is_ascii(c)) return false;
  }
  return true;
}

using CaseMapping = int32_t (*)(const UCaseMap*, char*, int32_t, const char*, int32_t, UErrorCode*);

void map_case(std::string& text, CaseMapping map) {
  UErrorCode status = U_ZERO_ERROR;
  UCaseMap* const root = ucasemap_open("", 0, &status);
  if (U_FAILURE(status)) return;
  std::string mapped(text.size() * 3 + 1, '\0');
  const auto size = map(root, mapped.data(), static_cast<int32_t>(mapped.size()), text.data(),
                        static_cast<int32_t>(text.size()), &status);
  ucasemap_close(root);
  if (U_FAILURE(status)) return;
  mapped.resize(static_cast<std::size_t>(size));
  text = std::move(mapped);
}

template <class T>
bool store(void* member, T value) {
  std::memcpy(member, &value, sizeof value);
  return true;
}

bool store_integer(std::size_t bytes, void* member, std::int64_t value) {
  switch (bytes) {
    case 1:
      return store(member, static_cast<std::int8_t>(value));
    case 2:
      return store(member, static_cast<std::int16_t>(value));
    case 4:
      return store(member, static_cast<std::int32_t>(value));
    default:
      return store(member, value);
  }
}

bool store_enumerator(const TypeDescriptor& type, void* member, const Subject& value) {
  for (const reflect::Enumerator& enumerator : type.enumeration->enumerators) {
    if (!value.is_string() || enumerator.name != value.text()) continue;
    return store_integer(type.enumeration->underlying.bytes, member, enumerator.value);
  }
  return false;
}

}  // namespace

void trim_text(std::string& text) {
  const std::string_view inner = detail::trimmed(text);
  if (inner.size() == text.size()) return;
  const auto start = static_cast<std::size_t>(inner.data() - text.data());
  text = text.substr(start, inner.size());
}

void lowercase_text(std::string& text) {
  if (!is_all_ascii(text)) {
    map_case(text, &ucasemap_utf8ToLower);
    return;
  }
  for (char& c : text) c = detail::to_lower(c);
}

void uppercase_text(std::string& text) {
  if (!is_all_ascii(text)) {
    map_case(text, &ucasemap_utf8ToUpper);
    return;
  }
  for (char& c : text) c = detail::to_upper(c);
}

void normalize_text(std::string& text) {
  if (is_all_ascii(text)) return;
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* const nfc = icu::Normalizer2::getNFCInstance(status);
  if (U_FAILURE(status)) return;
  const icu::UnicodeString normalized = nfc->normalize(icu::UnicodeString::fromUTF8(text), status);
  if (U_FAILURE(status)) return;
  text.clear();
  normalized.toUTF8String(text);
}

namespace detail {

bool assign_default(const Literal& literal, void* member, const TypeDescriptor& declared) {
  const TypeDescriptor* type = &declared;
  while (type->kind == TypeKind::optional) {
    member = type->optional->emplace(member);
    type = &type->optional->element();
  }
  const Subject& value = literal.subject();
  switch (type->kind) {
    case TypeKind::boolean:
      return value.kind() == SubjectKind::boolean && store(member, value.as_boolean());
    case TypeKind::integer:
      return value.is_number() && value.kind() != SubjectKind::floating &&
             store_integer(type->integer.bytes, member, value.as_integer());
    case TypeKind::floating:
      if (!value.is_number()) return false;
      return type->size == sizeof(float) ? store(member, static_cast<float>(value.as_double()))
                                         : store(member, value.as_double());
    case TypeKind::string:
      if (!value.is_string()) return false;
      *static_cast<std::string*>(member) = value.text();
      return true;
    case TypeKind::enumeration:
      return store_enumerator(*type, member, value);
    case TypeKind::text:
      return value.is_string() && type->text->parse(value.text(), member);
    default:
      return false;
  }
}

}  // namespace detail

}  // namespace roost::validation
