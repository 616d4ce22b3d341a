// The packing of snapshots.
#include <roost/base/timestamp.hpp>
#include <roost/orm/detail/arena.hpp>
#include <roost/orm/detail/snapshot.hpp>
#include <roost/sql/errors.hpp>

#include <cstring>
#include <new>
#include <string>

namespace roost::orm::detail {

using db::ValueType;
using db::ValueView;

namespace {

// The byte before each value: its type, and whether there is one.
constexpr unsigned type_shift = 2;
constexpr unsigned present_flag = 1;
constexpr unsigned secret_flag = 2;
constexpr std::size_t uuid_size = 16;

std::uint8_t width_of(const ColumnMetadata& column) {
  switch (column.quick) {
    case QuickCompare::boolean:
      return 1;
    case QuickCompare::int16:
      return 2;
    case QuickCompare::int32:
      return 4;
    default:
      return column.value_type == ValueType::uuid ? uuid_size : 8;
  }
}

template <class T>
T load(const std::byte* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

template <class T>
void store(std::byte* to, const T& value) {
  std::memcpy(to, &value, sizeof value);
}

template <class T>
void store_integer(std::byte* to, const ColumnMetadata& column, std::int64_t value) {
  const T narrow = static_cast<T>(value);
  if (narrow != value) {
    throw db::ConversionError("column \"" + column.name + "\" has the value " +
                              std::to_string(value) + ", which the member " +
                              std::string{column.members.back()} + " cannot hold");
  }
  store(to, narrow);
}

void put_integer(std::byte* to, const ColumnMetadata& column, std::int64_t value) {
  switch (width_of(column)) {
    case 1:
      return store(to, static_cast<std::int8_t>(value != 0 ? 1 : 0));
    case 2:
      return store_integer<std::int16_t>(to, column, value);
    case 4:
      return store_integer<std::int32_t>(to, column, value);
    default:
      return store(to, value);
  }
}

std::int64_t integer_at(const std::byte* from, const ColumnMetadata& column) {
  switch (width_of(column)) {
    case 1:
      return load<std::int8_t>(from);
    case 2:
      return load<std::int16_t>(from);
    case 4:
      return load<std::int32_t>(from);
    default:
      return load<std::int64_t>(from);
  }
}

// Most texts are short, and there are many: a length below this one is a single byte.
constexpr std::size_t long_length = 255;

/// Texts, documents, digits and bytes: their length, and they themselves.
const std::byte* keep_characters(std::string_view characters, Arena& arena) {
  const std::size_t size = characters.size();
  const bool is_long = size >= long_length;
  std::byte* kept = arena.allocate_packed((is_long ? 1 + sizeof(std::uint32_t) : 1) + size);
  std::byte* at = kept;
  store(at++, static_cast<std::uint8_t>(is_long ? long_length : size));
  if (is_long) {
    store(at, static_cast<std::uint32_t>(size));
    at += sizeof(std::uint32_t);
  }
  if (size != 0) std::memcpy(at, characters.data(), size);
  return kept;
}

std::string_view characters_at(const std::byte* from) {
  const auto* kept = load<const std::byte*>(from);
  const std::size_t size = load<std::uint8_t>(kept++);
  const auto* characters = reinterpret_cast<const char*>(kept);
  if (size < long_length) return {characters, size};
  return {characters + sizeof(std::uint32_t), load<std::uint32_t>(kept)};
}

ValueView value_of(ValueType type, const std::byte* from, const ColumnMetadata& column) {
  switch (type) {
    case ValueType::boolean:
      return ValueView::boolean(integer_at(from, column) != 0);
    case ValueType::int16:
      return ValueView::int16(static_cast<std::int16_t>(integer_at(from, column)));
    case ValueType::int32:
      return ValueView::int32(static_cast<std::int32_t>(integer_at(from, column)));
    case ValueType::int64:
      return ValueView::int64(integer_at(from, column));
    case ValueType::date:
      return ValueView::date(integer_at(from, column));
    case ValueType::time:
      return ValueView::time(integer_at(from, column));
    case ValueType::timestamp:
      return ValueView::timestamp(integer_at(from, column));
    case ValueType::float32:
      return ValueView::float32(static_cast<float>(load<double>(from)));
    case ValueType::float64:
      return ValueView::float64(load<double>(from));
    case ValueType::text:
      return ValueView::text(characters_at(from));
    case ValueType::json:
      return ValueView::json(characters_at(from));
    case ValueType::decimal:
      return ValueView::decimal(characters_at(from));
    case ValueType::bytes: {
      const std::string_view bytes = characters_at(from);
      return ValueView::bytes({reinterpret_cast<const std::byte*>(bytes.data()), bytes.size()});
    }
    case ValueType::uuid:
      return width_of(column) == uuid_size
                 ? ValueView::uuid(reinterpret_cast<const std::uint8_t*>(from))
                 : ValueView::uuid(
                       reinterpret_cast<const std::uint8_t*>(characters_at(from).data()));
    default:
      return *load<const ValueView*>(from);
  }
}

void put_value(std::byte* to, const ColumnMetadata& column, const ValueView& value, Arena& arena) {
  switch (value.type()) {
    case ValueType::boolean:
    case ValueType::int16:
    case ValueType::int32:
    case ValueType::int64:
    case ValueType::date:
    case ValueType::time:
    case ValueType::timestamp:
      return put_integer(to, column, value.integer());
    case ValueType::float32:
    case ValueType::float64:
      return store(to, value.floating());
    case ValueType::uuid:
      if (width_of(column) == uuid_size) {
        std::memcpy(to, value.characters().data(), uuid_size);
        return;
      }
      [[fallthrough]];
    case ValueType::text:
    case ValueType::json:
    case ValueType::decimal:
    case ValueType::bytes:
      return store(to, keep_characters(value.characters(), arena));
    default:
      const ValueView* kept = ::new (arena.allocate(sizeof value)) ValueView{keep(value, arena)};
      return store(to, kept);
  }
}

}  // namespace

ValueView keep(const ValueView& value, Arena& arena) {
  if (value.is_null()) return value;
  switch (value.type()) {
    case ValueType::text:
      return ValueView::text(arena.copy(value.characters()));
    case ValueType::json:
      return ValueView::json(arena.copy(value.characters()));
    case ValueType::decimal:
      return ValueView::decimal(arena.copy(value.characters()));
    case ValueType::uuid:
      return ValueView::uuid(
          reinterpret_cast<const std::uint8_t*>(arena.copy(value.characters()).data()));
    case ValueType::bytes: {
      const std::string_view copy = arena.copy(value.characters());
      return ValueView::bytes({reinterpret_cast<const std::byte*>(copy.data()), copy.size()});
    }
    case ValueType::array: {
      const auto elements = value.elements();
      auto* copies =
          reinterpret_cast<ValueView*>(arena.allocate((elements.size() + 1) * sizeof(ValueView)));
      for (std::size_t i = 0; i < elements.size(); ++i) {
        ::new (&copies[i]) ValueView{keep(elements[i], arena)};
      }
      return ValueView::array(value.element_type(), {copies, elements.size()});
    }
    default:
      return value;
  }
}

void lay_out_snapshot(EntityMetadata& entity) {
  std::uint32_t size = 0;
  for (ColumnMetadata& column : entity.columns) {
    column.snapshot_place = size;
    size += 1U + width_of(column);
  }
  entity.snapshot_size = size;
}

std::byte* make_snapshot(std::uint32_t size, Arena& arena) {
  std::byte* snapshot = arena.allocate_packed(size);
  std::memset(snapshot, 0, size);
  return snapshot;
}

void put_snapshot(std::byte* snapshot, const ColumnMetadata& column, const ValueView& value,
                  Arena& arena) {
  std::byte* at = snapshot + column.snapshot_place;
  unsigned tag = static_cast<unsigned>(value.type()) << type_shift;
  if (value.is_secret()) tag |= secret_flag;
  if (!value.is_null()) {
    tag |= present_flag;
    put_value(at + 1, column, value, arena);
  }
  *at = static_cast<std::byte>(tag);
}

void put_member(std::byte* snapshot, const ColumnMetadata& column, const std::byte* member,
                Arena& arena) {
  std::byte* at = snapshot + column.snapshot_place;
  const unsigned tag = (static_cast<unsigned>(column.value_type) << type_shift) | present_flag;
  *at++ = static_cast<std::byte>(tag);
  switch (column.quick) {
    case QuickCompare::boolean:
      return store(at, load<std::int8_t>(member));
    case QuickCompare::int16:
      return store(at, load<std::int16_t>(member));
    case QuickCompare::int32:
      return store(at, load<std::int32_t>(member));
    case QuickCompare::int64:
      return store(at, load<std::int64_t>(member));
    case QuickCompare::float64:
      return store(at, load<double>(member));
    case QuickCompare::string:
      return store(at, keep_characters(*reinterpret_cast<const std::string*>(member), arena));
    case QuickCompare::time:
      return store(at,
                   reinterpret_cast<const Timestamp*>(member)->milliseconds_since_epoch() * 1000);
    case QuickCompare::none:
      break;
  }
}

ValueView snapshot_value(const std::byte* snapshot, const ColumnMetadata& column) {
  const std::byte* at = snapshot + column.snapshot_place;
  const auto tag = static_cast<unsigned>(*at);
  const auto type = static_cast<ValueType>(tag >> type_shift);
  const ValueView value =
      (tag & present_flag) != 0 ? value_of(type, at + 1, column) : ValueView::null(type);
  return (tag & secret_flag) != 0 ? value.as_secret() : value;
}

const std::byte* snapshot_bytes(const std::byte* snapshot, const ColumnMetadata& column) {
  const std::byte* at = snapshot + column.snapshot_place;
  return (static_cast<unsigned>(*at) & present_flag) != 0 ? at + 1 : nullptr;
}

std::string_view snapshot_text(const std::byte* bytes) { return characters_at(bytes); }

void copy_snapshot(std::byte* snapshot, const ColumnMetadata& column, const std::byte* from) {
  std::memcpy(snapshot + column.snapshot_place, from + column.snapshot_place,
              1U + width_of(column));
}

}  // namespace roost::orm::detail
