// Binding and reading of every described type that is an SQL value.
#include <roost/base/date.hpp>
#include <roost/base/decimal.hpp>
#include <roost/base/timestamp.hpp>
#include <roost/base/uuid.hpp>
#include <roost/sql/codec.hpp>
#include <roost/sql/detail/calendar.hpp>
#include <roost/sql/detail/flat_json.hpp>
#include <roost/sql/errors.hpp>

#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>

namespace roost::db {

namespace {

using reflect::TypeDescriptor;
using reflect::TypeKind;

template <class T>
const T& as(const void* object) {
  return *static_cast<const T*>(object);
}
template <class T>
T& as(void* object) {
  return *static_cast<T*>(object);
}

[[noreturn]] void refuse(const ValueView& value, std::string_view wanted) {
  std::string message{name_of(value.type())};
  if (value.is_null()) {
    message = "NULL";
  } else if (!value.is_secret()) {
    message += ' ';
    append_readable(value, message, 40);
  }
  throw ConversionError(message + " is no " + std::string{wanted});
}

bool is_integer(const ValueView& value) {
  return value.type() >= ValueType::boolean && value.type() <= ValueType::int64;
}
bool is_characters(const ValueView& value) {
  return value.type() == ValueType::text || value.type() == ValueType::json ||
         value.type() == ValueType::decimal;
}

// Booleans and integers.

ValueView bind_boolean(const Codec&, const void* object, Scratch&) {
  return ValueView::boolean(as<bool>(object));
}
void read_boolean(const Codec&, const ValueView& value, void* object) {
  if (!is_integer(value) || value.integer() < 0 || value.integer() > 1) refuse(value, "boolean");
  as<bool>(object) = value.integer() != 0;
}

template <class T>
ValueView bind_integer(const Codec&, const void* object, Scratch&) {
  const T value = as<T>(object);
  if constexpr (sizeof(T) == 8) {
    if constexpr (std::is_unsigned_v<T>) {
      if (value > static_cast<T>(std::numeric_limits<std::int64_t>::max())) {
        throw ConversionError("the unsigned integer " + std::to_string(value) +
                              " is larger than any integer of the database (9223372036854775807)");
      }
    }
    return ValueView::int64(static_cast<std::int64_t>(value));
  } else if constexpr (sizeof(T) == 4) {
    if constexpr (std::is_unsigned_v<T>) return ValueView::int64(value);
    return ValueView::int32(static_cast<std::int32_t>(value));
  } else if constexpr (sizeof(T) == 2 && std::is_unsigned_v<T>) {
    return ValueView::int32(value);
  } else {
    return ValueView::int16(static_cast<std::int16_t>(value));
  }
}
template <class T>
void read_integer(const Codec&, const ValueView& value, void* object) {
  std::int64_t integer = 0;
  if (is_integer(value)) {
    integer = value.integer();
  } else if (value.type() == ValueType::float64 &&
             std::trunc(value.floating()) == value.floating() &&
             std::abs(value.floating()) < 9007199254740992.0) {
    integer = static_cast<std::int64_t>(value.floating());
  } else if (value.type() == ValueType::decimal) {  // sum() of integers on PostgreSQL
    const std::string_view text = value.characters();
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), integer);
    if (error != std::errc{} || end != text.data() + text.size()) refuse(value, "integer");
  } else {
    refuse(value, "integer");
  }
  if (!std::in_range<T>(integer)) {
    throw ConversionError("the integer " + std::to_string(integer) + " lies outside of " +
                          std::to_string(std::numeric_limits<T>::min()) + " to " +
                          std::to_string(std::numeric_limits<T>::max()));
  }
  as<T>(object) = static_cast<T>(integer);
}

// Floating point.

ValueView bind_float(const Codec&, const void* object, Scratch&) {
  return ValueView::float32(as<float>(object));
}
ValueView bind_double(const Codec&, const void* object, Scratch&) {
  return ValueView::float64(as<double>(object));
}
double to_double(const ValueView& value) {
  if (value.type() == ValueType::float64 || value.type() == ValueType::float32) {
    return value.floating();
  }
  if (value.type() != ValueType::boolean && is_integer(value)) {
    return static_cast<double>(value.integer());
  }
  double parsed = 0;
  const std::string_view text = value.type() == ValueType::decimal ? value.characters() : "";
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), parsed);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) {
    refuse(value, "floating-point number");
  }
  return parsed;
}
void read_float(const Codec&, const ValueView& value, void* object) {
  as<float>(object) = static_cast<float>(to_double(value));
}
void read_double(const Codec&, const ValueView& value, void* object) {
  as<double>(object) = to_double(value);
}

// Texts.

ValueView bind_string(const Codec&, const void* object, Scratch&) {
  return ValueView::text(as<std::string>(object));
}
void read_string(const Codec&, const ValueView& value, void* object) {
  if (!is_characters(value)) refuse(value, "text");
  as<std::string>(object).assign(value.characters());
}

ValueView bind_json(const Codec&, const void* object, Scratch&) {
  return ValueView::json(as<JsonText>(object).text);
}
void read_json(const Codec&, const ValueView& value, void* object) {
  if (!is_characters(value)) refuse(value, "JSON");
  as<JsonText>(object).text.assign(value.characters());
}

ValueView bind_decimal(const Codec&, const void* object, Scratch&) {
  return ValueView::decimal(as<Decimal>(object).to_string());
}
void read_decimal(const Codec&, const ValueView& value, void* object) {
  if (value.type() != ValueType::boolean && is_integer(value)) {
    as<Decimal>(object) = Decimal{value.integer()};
    return;
  }
  std::optional<Decimal> parsed;
  if (is_characters(value)) parsed = Decimal::parse(value.characters());
  if (!parsed) refuse(value, "decimal number");
  as<Decimal>(object) = *std::move(parsed);
}

/// Any other class that is written as one string.
ValueView bind_text_class(const Codec& codec, const void* object, Scratch& scratch) {
  std::string text;
  codec.descriptor()->text->append(object, text);
  return ValueView::text(scratch.copy(text));
}
void read_text_class(const Codec& codec, const ValueView& value, void* object) {
  const TypeDescriptor& type = *codec.descriptor();
  if (!is_characters(value) || !type.text->parse(value.characters(), object)) {
    refuse(value, type.name);
  }
}

// Bytes and UUIDs.

ValueView bind_bytes(const Codec&, const void* object, Scratch&) {
  return ValueView::bytes(as<Bytes>(object));
}
void read_bytes(const Codec&, const ValueView& value, void* object) {
  if (value.type() != ValueType::bytes) refuse(value, "bytes");
  const std::span<const std::byte> bytes = value.as_bytes();
  as<Bytes>(object).assign(bytes.begin(), bytes.end());
}

ValueView bind_uuid(const Codec&, const void* object, Scratch&) {
  return ValueView::uuid(as<Uuid>(object).bytes().data());
}
void read_uuid(const Codec&, const ValueView& value, void* object) {
  if (value.type() == ValueType::uuid) {
    Uuid::Bytes bytes{};
    std::memcpy(bytes.data(), value.characters().data(), bytes.size());
    as<Uuid>(object) = Uuid{bytes};
    return;
  }
  std::optional<Uuid> parsed;
  if (value.type() == ValueType::text) parsed = Uuid::parse(value.characters());
  if (!parsed) refuse(value, "UUID");
  as<Uuid>(object) = *parsed;
}

// Times.

ValueView bind_timestamp(const Codec&, const void* object, Scratch&) {
  const std::int64_t milliseconds = as<Timestamp>(object).milliseconds_since_epoch();
  std::int64_t microseconds = 0;
  if (__builtin_mul_overflow(milliseconds, std::int64_t{1000}, &microseconds)) {
    throw ConversionError("a timestamp is too far from now for a database");
  }
  return ValueView::timestamp(microseconds);
}
void read_timestamp(const Codec&, const ValueView& value, void* object) {
  std::optional<std::int64_t> microseconds;
  if (value.type() == ValueType::timestamp) {
    microseconds = value.integer();
  } else if (value.type() == ValueType::date) {
    microseconds = value.integer() * detail::microseconds_per_day;
  } else if (value.type() == ValueType::text) {
    microseconds = detail::parse_timestamp(value.characters());
  }
  if (!microseconds) refuse(value, "timestamp");
  const auto rounded =
      std::chrono::floor<Timestamp::Duration>(std::chrono::microseconds{*microseconds});
  as<Timestamp>(object) = Timestamp{rounded};
}

ValueView bind_date(const Codec&, const void* object, Scratch&) {
  return ValueView::date(as<Date>(object).days_since_epoch());
}
void read_date(const Codec&, const ValueView& value, void* object) {
  std::optional<std::int64_t> days;
  if (value.type() == ValueType::date) {
    days = value.integer();
  } else if (value.type() == ValueType::text) {
    days = detail::parse_date(value.characters());
  }
  if (!days || !std::in_range<std::int32_t>(*days)) refuse(value, "date");
  as<Date>(object) = Date{std::chrono::sys_days{std::chrono::days{*days}}};
}

ValueView bind_time(const Codec&, const void* object, Scratch&) {
  return ValueView::time(as<TimeOfDay>(object).since_midnight().count());
}
void read_time(const Codec&, const ValueView& value, void* object) {
  std::optional<std::int64_t> microseconds;
  if (value.type() == ValueType::time) {
    microseconds = value.integer();
  } else if (value.type() == ValueType::text) {
    microseconds = detail::parse_time(value.characters());
  }
  if (!microseconds) refuse(value, "time of day");
  as<TimeOfDay>(object) = TimeOfDay{std::chrono::microseconds{*microseconds}};
}

// Enumerations, by name.

std::int64_t load_enumeration(const TypeDescriptor& type, const void* object) {
  const reflect::IntegerDetails& integer = type.enumeration->underlying;
  std::uint64_t bits = 0;
  std::memcpy(&bits, object, integer.bytes);
  if (integer.is_signed && integer.bytes < 8) {
    const unsigned shift = 64U - integer.bytes * 8U;
    return static_cast<std::int64_t>(bits << shift) >> shift;
  }
  return static_cast<std::int64_t>(bits);
}

ValueView bind_enumeration(const Codec& codec, const void* object, Scratch&) {
  const TypeDescriptor& type = *codec.descriptor();
  const std::int64_t value = load_enumeration(type, object);
  for (const reflect::Enumerator& enumerator : type.enumeration->enumerators) {
    if (enumerator.value == value) return ValueView::text(enumerator.name);
  }
  throw ConversionError(std::to_string(value) + " is no enumerator of " + std::string{type.name} +
                        ", so it has no name to be stored as");
}
void read_enumeration(const Codec& codec, const ValueView& value, void* object) {
  const TypeDescriptor& type = *codec.descriptor();
  if (value.type() == ValueType::text) {
    for (const reflect::Enumerator& enumerator : type.enumeration->enumerators) {
      if (enumerator.name != value.characters()) continue;
      std::memcpy(object, &enumerator.value, type.enumeration->underlying.bytes);
      return;
    }
  }
  refuse(value, std::string{type.name});
}

// Arrays.

struct ArrayBuilder {
  const Codec& element;
  std::span<ValueView> views;
  std::size_t next;
  Scratch& scratch;
};

ValueView bind_array(const Codec& codec, const void* object, Scratch& scratch) {
  const TypeDescriptor& type = *codec.descriptor();
  const Codec element = codec_of(type.sequence->element());
  ArrayBuilder builder{element, scratch.allocate_values(type.sequence->size(object)), 0, scratch};
  type.sequence->for_each(object, &builder, [](void* context, const void* item) {
    auto& self = *static_cast<ArrayBuilder*>(context);
    self.views[self.next++] = self.element.bind(item, self.scratch);
  });
  return ValueView::array(element.type(), builder.views);
}

struct ElementFiller {
  const Codec& codec;
  const ValueView& value;
};

void append_elements(const TypeDescriptor& type, std::span<const ValueView> elements,
                     void* object) {
  const Codec element = codec_of(type.sequence->element());
  if (type.sequence->fixed_size == 0) {
    type.sequence->clear(object);
  } else if (type.sequence->fixed_size != elements.size()) {
    throw ConversionError("an array of " + std::to_string(elements.size()) +
                          " elements does not fit " + std::string{type.name});
  }
  for (std::size_t i = 0; i < elements.size(); ++i) {
    ElementFiller filler{element, elements[i]};
    type.sequence->append(object, i, &filler, [](void* context, void* item) {
      const auto& self = *static_cast<ElementFiller*>(context);
      self.codec.read(self.value, item);
      return true;
    });
  }
}

void read_array(const Codec& codec, const ValueView& value, void* object) {
  const TypeDescriptor& type = *codec.descriptor();
  if (value.type() == ValueType::array) {
    return append_elements(type, value.elements(), object);
  }
  if (value.type() != ValueType::text && value.type() != ValueType::json) refuse(value, "array");
  Scratch scratch;
  const std::optional<std::vector<ValueView>> elements =
      detail::parse_flat_json(value.characters(), scratch);
  if (!elements) refuse(value, "array");
  append_elements(type, *elements, object);
}

// Which of these a type takes.

bool is_bytes(const TypeDescriptor& type) {
  return type.kind == TypeKind::sequence && type.sequence->fixed_size == 0 &&
         type.sequence->data != nullptr && type.sequence->element().qualified_name == "std::byte";
}

template <class T>
Codec integer_codec(ValueType type, const TypeDescriptor& descriptor) {
  return Codec{type, &descriptor, &bind_integer<T>, &read_integer<T>};
}

Codec codec_of_integer(const TypeDescriptor& type) {
  const bool is_signed = type.integer.is_signed;
  switch (type.integer.bytes) {
    case 1:
      return is_signed ? integer_codec<std::int8_t>(ValueType::int16, type)
                       : integer_codec<std::uint8_t>(ValueType::int16, type);
    case 2:
      return is_signed ? integer_codec<std::int16_t>(ValueType::int16, type)
                       : integer_codec<std::uint16_t>(ValueType::int32, type);
    case 4:
      return is_signed ? integer_codec<std::int32_t>(ValueType::int32, type)
                       : integer_codec<std::uint32_t>(ValueType::int64, type);
    default:
      return is_signed ? integer_codec<std::int64_t>(ValueType::int64, type)
                       : integer_codec<std::uint64_t>(ValueType::int64, type);
  }
}

Codec codec_of_text_class(const TypeDescriptor& type) {
  if (&type == &reflect::type_of<Timestamp>()) {
    return {ValueType::timestamp, &type, &bind_timestamp, &read_timestamp};
  }
  if (&type == &reflect::type_of<Uuid>()) return {ValueType::uuid, &type, &bind_uuid, &read_uuid};
  if (&type == &reflect::type_of<JsonText>()) {
    return {ValueType::json, &type, &bind_json, &read_json};
  }
  if (&type == &reflect::type_of<Decimal>()) {
    return {ValueType::decimal, &type, &bind_decimal, &read_decimal};
  }
  if (&type == &reflect::type_of<Date>()) return {ValueType::date, &type, &bind_date, &read_date};
  if (&type == &reflect::type_of<TimeOfDay>()) {
    return {ValueType::time, &type, &bind_time, &read_time};
  }
  return {ValueType::text, &type, &bind_text_class, &read_text_class};
}

}  // namespace

std::optional<JsonText> JsonText::parse(std::string_view text) {
  return JsonText{std::string{text}};
}

Codec codec_of(const TypeDescriptor& type) {
  switch (type.kind) {
    case TypeKind::boolean:
      return {ValueType::boolean, &type, &bind_boolean, &read_boolean};
    case TypeKind::integer:
      return codec_of_integer(type);
    case TypeKind::floating:
      return type.size == sizeof(float)
                 ? Codec{ValueType::float32, &type, &bind_float, &read_float}
                 : Codec{ValueType::float64, &type, &bind_double, &read_double};
    case TypeKind::string:
      return {ValueType::text, &type, &bind_string, &read_string};
    case TypeKind::enumeration:
      return {ValueType::text, &type, &bind_enumeration, &read_enumeration};
    case TypeKind::text:
      return codec_of_text_class(type);
    case TypeKind::sequence:
      if (is_bytes(type)) return {ValueType::bytes, &type, &bind_bytes, &read_bytes};
      return {ValueType::array, &type, &bind_array, &read_array};
    case TypeKind::optional: {
      Codec codec = codec_of(type.optional->element());
      if (codec.optional_ != nullptr) {
        throw UsageError(std::string{type.name} + " is optional twice; SQL has one NULL");
      }
      codec.optional_ = type.optional;
      return codec;
    }
    default:
      throw UsageError(std::string{type.qualified_name} +
                       " is no SQL value; store it as JSON, or read the columns of a row into it");
  }
}

ValueView Codec::bind_optional(const void* object, Scratch& scratch) const {
  const void* element = optional_->get(object);
  return element == nullptr ? ValueView::null(type_) : bind_(*this, element, scratch);
}

void Codec::read_optional(const ValueView& value, void* object) const {
  if (optional_ == nullptr) {
    throw ConversionError("NULL does not fit " +
                          std::string{descriptor_ == nullptr ? "it" : descriptor_->name} +
                          "; make it optional");
  }
  if (!value.is_null()) return read_(*this, value, optional_->emplace(object));
  if (optional_->set_null != nullptr) return optional_->set_null(object);
  optional_->reset(object);
}

void read_cell(const Row& row, std::size_t column, const Codec& codec, void* object) {
  try {
    codec.read(row.value(column), object);
  } catch (const ConversionError& error) {
    throw ConversionError("column \"" + std::string{row.storage().column_name(column)} +
                          "\" of row " + std::to_string(row.index()) + ": " + error.message());
  }
}

StructReader::StructReader(const TypeDescriptor& type, const Result& result) {
  const std::span<const reflect::FieldDescriptor> fields = type.object->fields;
  std::vector<bool> filled(fields.size());
  cells_.reserve(result.column_count());
  for (std::size_t i = 0; i < result.column_count(); ++i) {
    const std::string_view name = result.column_name(i);
    const reflect::FieldDescriptor* field = reflect::find_field(*type.object, name);
    if (field == nullptr) {
      throw ConversionError("the result's column \"" + std::string{name} + "\" has no field in " +
                            std::string{type.name} + "; add one, or select less");
    }
    if (filled[field->index]) {
      throw ConversionError("the result has two columns named \"" + std::string{name} + "\"");
    }
    filled[field->index] = true;
    cells_.push_back({i, field->offset, codec_of(field->type())});
  }
  for (const reflect::FieldDescriptor& field : fields) {
    const bool optional = field.type().kind == TypeKind::optional;
    if (filled[field.index] || optional || field.has_default) continue;
    throw ConversionError("the result has no column for the field \"" + std::string{field.name} +
                          "\" of " + std::string{type.name});
  }
}

void StructReader::read(const Row& row, void* object) const {
  for (const Cell& cell : cells_) {
    read_cell(row, cell.column, cell.codec, static_cast<std::byte*>(object) + cell.offset);
  }
}

}  // namespace roost::db
