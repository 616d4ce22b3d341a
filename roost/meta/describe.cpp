// The descriptors of the types that nearly every program uses.
#include <roost/base/nullable.hpp>
#include <roost/base/timestamp.hpp>
#include <roost/base/uuid.hpp>
#include <roost/meta/describe.hpp>

namespace roost::reflect {

namespace {

template <class T>
constexpr TypeDescriptor scalar(TypeKind kind, std::string_view name) {
  TypeDescriptor type = detail::basic_descriptor<T>(kind, name, name);
  type.copy_assign = &detail::copy_assign<T>;
  type.equal = &detail::equal<T>;
  if constexpr (std::is_integral_v<T>) type.integer = {sizeof(T), std::is_signed_v<T>};
  return type;
}

template <class T>
constexpr TypeDescriptor integer(std::string_view name) {
  return scalar<T>(TypeKind::integer, name);
}

template <class T>
constexpr TypeDescriptor text(const TextDetails& details, std::string_view name,
                              std::string_view qualified_name) {
  TypeDescriptor type = scalar<T>(TypeKind::text, name);
  type.qualified_name = qualified_name;
  type.text = &details;
  return type;
}

constexpr TypeDescriptor boolean_type = scalar<bool>(TypeKind::boolean, "bool");
constexpr TypeDescriptor signed_char_type = integer<signed char>("int8_t");
constexpr TypeDescriptor unsigned_char_type = integer<unsigned char>("uint8_t");
constexpr TypeDescriptor short_type = integer<short>("int16_t");
constexpr TypeDescriptor unsigned_short_type = integer<unsigned short>("uint16_t");
constexpr TypeDescriptor int_type = integer<int>("int32_t");
constexpr TypeDescriptor unsigned_int_type = integer<unsigned int>("uint32_t");
constexpr TypeDescriptor long_type = integer<long>("int64_t");
constexpr TypeDescriptor unsigned_long_type = integer<unsigned long>("uint64_t");
constexpr TypeDescriptor long_long_type = integer<long long>("int64_t");
constexpr TypeDescriptor unsigned_long_long_type = integer<unsigned long long>("uint64_t");
constexpr TypeDescriptor float_type = scalar<float>(TypeKind::floating, "float");
constexpr TypeDescriptor double_type = scalar<double>(TypeKind::floating, "double");
constexpr TypeDescriptor string_type = scalar<std::string>(TypeKind::string, "string");

constexpr TextDetails timestamp_text{&detail::parse_text<Timestamp>,
                                     &detail::append_text<Timestamp>, "date-time",
                                     "must be a Date instance"};
constexpr TypeDescriptor timestamp_type =
    text<Timestamp>(timestamp_text, "Timestamp", "roost::Timestamp");
constexpr TextDetails uuid_text{&detail::parse_text<Uuid>, &detail::append_text<Uuid>, "uuid",
                                "must be a UUID"};
constexpr TypeDescriptor uuid_type = text<Uuid>(uuid_text, "Uuid", "roost::Uuid");

}  // namespace

template <>
const TypeDescriptor& type_of<bool>() {
  return boolean_type;
}
template <>
const TypeDescriptor& type_of<signed char>() {
  return signed_char_type;
}
template <>
const TypeDescriptor& type_of<unsigned char>() {
  return unsigned_char_type;
}
template <>
const TypeDescriptor& type_of<short>() {
  return short_type;
}
template <>
const TypeDescriptor& type_of<unsigned short>() {
  return unsigned_short_type;
}
template <>
const TypeDescriptor& type_of<int>() {
  return int_type;
}
template <>
const TypeDescriptor& type_of<unsigned int>() {
  return unsigned_int_type;
}
template <>
const TypeDescriptor& type_of<long>() {
  return long_type;
}
template <>
const TypeDescriptor& type_of<unsigned long>() {
  return unsigned_long_type;
}
template <>
const TypeDescriptor& type_of<long long>() {
  return long_long_type;
}
template <>
const TypeDescriptor& type_of<unsigned long long>() {
  return unsigned_long_long_type;
}
template <>
const TypeDescriptor& type_of<float>() {
  return float_type;
}
template <>
const TypeDescriptor& type_of<double>() {
  return double_type;
}
template <>
const TypeDescriptor& type_of<std::string>() {
  return string_type;
}
template <>
const TypeDescriptor& type_of<Timestamp>() {
  return timestamp_type;
}
template <>
const TypeDescriptor& type_of<Uuid>() {
  return uuid_type;
}

template const TypeDescriptor& type_of<std::optional<bool>>();
template const TypeDescriptor& type_of<std::optional<int>>();
template const TypeDescriptor& type_of<std::optional<std::int64_t>>();
template const TypeDescriptor& type_of<std::optional<double>>();
template const TypeDescriptor& type_of<std::optional<std::string>>();
template const TypeDescriptor& type_of<std::vector<int>>();
template const TypeDescriptor& type_of<std::vector<std::int64_t>>();
template const TypeDescriptor& type_of<std::vector<double>>();
template const TypeDescriptor& type_of<std::vector<std::string>>();

}  // namespace roost::reflect
