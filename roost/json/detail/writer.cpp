// Writing of every kind of value.
#include <roost/base/error.hpp>
#include <roost/json/detail/writer.hpp>
#include <roost/json/write.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace roost::json::detail {

using reflect::MapDetails;
using reflect::ObjectDetails;
using reflect::SequenceDetails;
using reflect::TextDetails;
using reflect::TypeDescriptor;
using reflect::TypeKind;

namespace {

template <class T>
const T& as(const void* object) {
  return *static_cast<const T*>(object);
}

std::int64_t integer_value(reflect::IntegerDetails details, const void* object) {
  switch (details.bytes) {
    case 1:
      return details.is_signed ? as<std::int8_t>(object) : as<std::uint8_t>(object);
    case 2:
      return details.is_signed ? as<std::int16_t>(object) : as<std::uint16_t>(object);
    case 4:
      return details.is_signed ? as<std::int32_t>(object) : as<std::uint32_t>(object);
    default:
      return as<std::int64_t>(object);
  }
}

bool has_member(const ObjectDetails& details, std::string_view name) {
  return std::any_of(details.fields.begin(), details.fields.end(),
                     [&](const auto& field) { return field.json_name == name; });
}

}  // namespace

/// One level of nesting, counted against the limit.
class Writer::Level {
 public:
  explicit Level(Writer& writer) : writer_{writer} {
    if (++writer_.depth_ > max_write_depth) {
      --writer_.depth_;
      throw Error("cannot write JSON: nested deeper than " + std::to_string(max_write_depth) +
                  " levels; does the object contain itself?");
    }
  }
  ~Level() { --writer_.depth_; }
  Level(const Level&) = delete;
  Level& operator=(const Level&) = delete;

 private:
  Writer& writer_;
};

void Writer::write_document(const TypeDescriptor& type, const void* object) {
  const Frame frame{object, nullptr};
  innermost_ = &frame;
  write(type, object);
  innermost_ = nullptr;
}

void Writer::write(const TypeDescriptor& type, const void* object) {
  write_operation(detail::write_operation(type), type, object);
}

void Writer::write_operation(WriteOperation operation, const TypeDescriptor& type,
                             const void* object) {
  out_.reserve(Output::integer_room);
  switch (operation) {
    case WriteOperation::boolean:
      out_.put(as<bool>(object) ? "true" : "false");
      return;
    case WriteOperation::int8:
      out_.put_integer(as<std::int8_t>(object));
      return;
    case WriteOperation::int16:
      out_.put_integer(as<std::int16_t>(object));
      return;
    case WriteOperation::int32:
      out_.put_integer(as<std::int32_t>(object));
      return;
    case WriteOperation::int64:
      out_.put_integer(as<std::int64_t>(object));
      return;
    case WriteOperation::uint8:
      out_.put_integer(as<std::uint8_t>(object));
      return;
    case WriteOperation::uint16:
      out_.put_integer(as<std::uint16_t>(object));
      return;
    case WriteOperation::uint32:
      out_.put_integer(as<std::uint32_t>(object));
      return;
    case WriteOperation::uint64:
      out_.put_integer(as<std::uint64_t>(object));
      return;
    case WriteOperation::float32:
      out_.put_float(as<float>(object));
      return;
    case WriteOperation::float64:
      out_.put_double(as<double>(object));
      return;
    case WriteOperation::string:
      out_.put_string(as<std::string>(object));
      return;
    case WriteOperation::enumeration:
      write_enumeration(type, object);
      return;
    case WriteOperation::object:
      write_object(*type.object, object);
      return;
    case WriteOperation::other:
      write_other(type, object);
      return;
  }
}

void Writer::write_other(const TypeDescriptor& type, const void* object) {
  switch (type.kind) {
    case TypeKind::text:
      write_text(*type.text, object);
      return;
    case TypeKind::sequence:
      write_sequence(type, object);
      return;
    case TypeKind::map:
      write_map(*type.map, object);
      return;
    case TypeKind::dynamic:
      write_dynamic(as<Value>(object));
      return;
    case TypeKind::optional: {
      const void* held = type.optional->get(object);
      if (held == nullptr) return write_null();
      const Level level{*this};  // a list of smart pointers nests without brackets
      return write(type.optional->element(), held);
    }
    case TypeKind::variant: {
      const std::size_t index = type.variant->index(object);
      if (index >= type.variant->alternatives.size()) return write_null();  // lost by an exception
      return write(type.variant->alternatives[index](), type.variant->get(object));
    }
    case TypeKind::reference:
      return write_reference(*type.reference, object, nullptr);
    default:
      throw Error("cannot write " + std::string{type.qualified_name} +
                  " as JSON: numbers of this size are not supported; use another type");
  }
}

void Writer::write_reference(const reflect::ReferenceDetails& details, const void* object,
                             const reflect::Without* without) {
  struct Context {
    Writer& writer;
    const reflect::Without* without;
    bool many;
    bool any;
  };
  Context context{*this, without, details.many, false};
  const Level level{*this};
  const std::size_t begin = out_.size();
  details.visit(object, &context, [](void* opaque, const reflect::ReferencedObject& referenced) {
    Context& self = *static_cast<Context*>(opaque);
    self.any = true;
    if (self.many) {
      self.writer.out_.reserve(1);
      self.writer.out_.put(',');
    }
    self.writer.write_referenced(referenced, self.without);
  });
  if (details.many) return close(begin, '[', ']');
  if (!context.any) write_null();
}

void Writer::write_referenced(const reflect::ReferencedObject& referenced,
                              const reflect::Without* without) {
  if (referenced.object == nullptr) return write_key(referenced);
  for (const Frame* frame = innermost_; frame != nullptr; frame = frame->outer) {
    if (frame->object == referenced.object) return write_key(referenced);
  }
  const Frame frame{referenced.object, innermost_};
  innermost_ = &frame;
  without_ = without;
  kind_ = referenced.kind;
  if (referenced.type->kind == TypeKind::object) {  // entities are
    write_object(*referenced.type->object, referenced.object);
  } else {
    write(*referenced.type, referenced.object);
  }
  without_ = nullptr;
  kind_ = {};
  innermost_ = frame.outer;
}

void Writer::write_key(const reflect::ReferencedObject& referenced) {
  if (referenced.kind.empty()) return write_key(referenced.key);
  const std::size_t begin = out_.size();
  write_kind(referenced.kind);
  static constexpr std::string_view id = ",\"id\":";
  out_.reserve(id.size());
  out_.put(id);
  write_key(referenced.key);
  close(begin, '{', '}');
}

/// As the first member of an object.
void Writer::write_kind(std::string_view kind) {
  static constexpr std::string_view type = ",\"type\":";
  out_.reserve(type.size() + Output::integer_room);
  out_.put(type);
  out_.put_string(kind);
}

void Writer::write_key(std::span<const reflect::KeyPart> key) {
  if (key.empty()) return write_null();
  if (key.size() == 1) return write(*key.front().type, key.front().value);
  const std::size_t begin = out_.size();
  for (const reflect::KeyPart& part : key) {
    out_.reserve(1);
    out_.put(',');
    write(*part.type, part.value);
  }
  close(begin, '[', ']');
}

void Writer::write_null() {
  out_.reserve(4);
  out_.put("null");
}

/// Puts the brackets around what was written since `begin`, which starts with a comma if there is
/// anything.
void Writer::close(std::size_t begin, char opening, char closing) {
  out_.reserve(2);
  if (out_.size() == begin) {
    out_.put(opening);
  } else {
    out_[begin] = opening;
  }
  out_.put(closing);
}

void Writer::write_object(const ObjectDetails& details, const void* object) {
  const Level level{*this};
  const WritePlan& plan = write_plan(details);
  const std::size_t begin = out_.size();
  const reflect::Without* const without = std::exchange(without_, nullptr);
  if (!kind_.empty()) [[unlikely]] {
    const std::string_view kind = std::exchange(kind_, std::string_view{});
    if (!has_member(details, "type")) write_kind(kind);
  }
  for (const WriteStep& step : plan.steps) {
    if (step.groups != nullptr && (shown_ == nullptr || !shown_->meets(*step.groups))) continue;
    const void* member = static_cast<const std::byte*>(object) + step.offset;
    if (step.optional != nullptr) {
      const void* held = step.optional->get(member);
      const bool null = held == nullptr && (step.write_null || (step.optional->is_null != nullptr &&
                                                                step.optional->is_null(member)));
      if (held == nullptr && !null) continue;
      member = held;
    }
    if (step.reference != nullptr && !step.reference->shown(member)) continue;
    if (without != nullptr && without->names(step.member)) continue;
    out_.reserve(step.piece_size + 16 + Output::integer_room);
    out_.put_padded(step.piece, step.piece_size);
    if (member == nullptr) {
      write_null();
    } else if (step.operation == WriteOperation::int32) {  // there is room, and many are integers
      out_.put_integer(as<std::int32_t>(member));
    } else if (step.operation == WriteOperation::int64) {
      out_.put_integer(as<std::int64_t>(member));
    } else if (step.reference != nullptr) {
      write_reference(*step.reference, member, step.without);
    } else {
      write_operation(step.operation, *step.type, member);
    }
  }
  close(begin, '{', '}');
}

void Writer::write_sequence(const TypeDescriptor& type, const void* object) {
  const Level level{*this};
  const SequenceDetails& details = *type.sequence;
  const std::size_t begin = out_.size();
  struct Context {
    Writer& writer;
    const TypeDescriptor& element;
    WriteOperation operation;
  };
  const TypeDescriptor& element = details.element();
  Context context{*this, element, detail::write_operation(element)};
  const auto visit = [](void* opaque, const void* item) {
    const Context& self = *static_cast<Context*>(opaque);
    self.writer.out_.reserve(1 + Output::integer_room);
    self.writer.out_.put(',');
    self.writer.write_operation(self.operation, self.element, item);
  };
  if (details.data != nullptr) {
    const std::size_t size = details.size(object);
    const auto* item = static_cast<const std::byte*>(details.data(object));
    for (std::size_t i = 0; i < size; ++i, item += element.size) visit(&context, item);
  } else {
    details.for_each(object, &context, visit);
  }
  close(begin, '[', ']');
}

void Writer::write_map(const MapDetails& details, const void* object) {
  const Level level{*this};
  const std::size_t begin = out_.size();
  struct Context {
    Writer& writer;
    const TypeDescriptor& key;
    const TypeDescriptor& value;
  };
  Context context{*this, details.key(), details.value()};
  details.for_each(object, &context, [](void* opaque, const void* key, const void* value) {
    const Context& self = *static_cast<Context*>(opaque);
    self.writer.out_.reserve(1);
    self.writer.out_.put(',');
    self.writer.write_map_key(self.key, key);
    self.writer.out_.reserve(1);
    self.writer.out_.put(':');
    self.writer.write(self.value, value);
  });
  close(begin, '{', '}');
}

void Writer::write_map_key(const TypeDescriptor& type, const void* key) {
  if (type.kind != TypeKind::integer && type.kind != TypeKind::enumeration) {
    return write(type, key);
  }
  const std::size_t begin = out_.size();
  out_.reserve(Output::integer_room + 2);
  out_.put('"');
  write(type, key);
  if (out_[begin + 1] == '"') {  // an enumerator's name has its quotes already
    out_.rewind(begin);
    return write(type, key);
  }
  out_.reserve(1);
  out_.put('"');
}

void Writer::write_enumeration(const TypeDescriptor& type, const void* object) {
  const reflect::EnumerationDetails& details = *type.enumeration;
  const std::int64_t value = integer_value(details.underlying, object);
  const auto found =
      std::lower_bound(details.enumerators.begin(), details.enumerators.end(), value,
                       [](const reflect::Enumerator& enumerator, std::int64_t wanted) {
                         return enumerator.value < wanted;
                       });
  if (found != details.enumerators.end() && found->value == value) {
    out_.put_string(found->name);
    return;
  }
  out_.reserve(Output::integer_room);
  out_.put_integer(value);
}

void Writer::write_text(const TextDetails& details, const void* object) {
  std::string& text = out_.suspend();
  const std::size_t begin = text.size();
  text += '"';
  details.append(object, text);
  const bool plain = std::none_of(text.begin() + static_cast<std::ptrdiff_t>(begin) + 1, text.end(),
                                  [](char c) { return c < 0x20 || c == '"' || c == '\\'; });
  if (plain) {
    text += '"';
    return out_.resume();
  }
  const std::string escaped = text.substr(begin + 1);
  text.resize(begin);
  out_.resume();
  out_.put_string(escaped);
}

void Writer::write_dynamic(const Value& value) {
  out_.reserve(Output::integer_room);
  switch (value.kind()) {
    case ValueKind::null:
      out_.put("null");
      return;
    case ValueKind::boolean:
      out_.put(value.as_boolean() ? "true" : "false");
      return;
    case ValueKind::int64:
      out_.put_integer(value.as_int64());
      return;
    case ValueKind::uint64:
      out_.put_integer(value.as_uint64());
      return;
    case ValueKind::number:
      out_.put_marked_double(value.as_double());
      return;
    case ValueKind::string:
      out_.put_string(value.as_string());
      return;
    default:
      break;
  }
  const Level level{*this};
  const std::size_t begin = out_.size();
  if (value.is_array()) {
    for (const Value& element : value.as_array()) {
      out_.reserve(1);
      out_.put(',');
      write_dynamic(element);
    }
    return close(begin, '[', ']');
  }
  for (const Member& member : value.as_object()) {
    out_.reserve(1);
    out_.put(',');
    out_.put_string(member.name);
    out_.reserve(1);
    out_.put(':');
    write_dynamic(member.value);
  }
  close(begin, '{', '}');
}

}  // namespace roost::json::detail
