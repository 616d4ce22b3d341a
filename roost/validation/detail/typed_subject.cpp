// Makes the rules' view of a value.
#include <roost/base/timestamp.hpp>
#include <roost/base/type_name.hpp>
#include <roost/validation/detail/typed_subject.hpp>

namespace roost::validation::detail {

namespace {

using reflect::TypeDescriptor;
using reflect::TypeKind;

template <class T>
T load(const void* value) {
  return *static_cast<const T*>(value);
}

Subject integer_of(reflect::IntegerDetails details, const void* value) {
  if (details.is_signed) {
    switch (details.bytes) {
      case 1:
        return Subject::integer(std::int64_t{load<std::int8_t>(value)});
      case 2:
        return Subject::integer(std::int64_t{load<std::int16_t>(value)});
      case 4:
        return Subject::integer(std::int64_t{load<std::int32_t>(value)});
      default:
        return Subject::integer(load<std::int64_t>(value));
    }
  }
  switch (details.bytes) {
    case 1:
      return Subject::integer(std::uint64_t{load<std::uint8_t>(value)});
    case 2:
      return Subject::integer(std::uint64_t{load<std::uint16_t>(value)});
    case 4:
      return Subject::integer(std::uint64_t{load<std::uint32_t>(value)});
    default:
      return Subject::integer(load<std::uint64_t>(value));
  }
}

Subject enumerator_of(const TypeDescriptor& type, const void* value) {
  const Subject number = integer_of(type.enumeration->underlying, value);
  for (const reflect::Enumerator& enumerator : type.enumeration->enumerators) {
    if (enumerator.value == number.as_integer()) return Subject::string(enumerator.name);
  }
  return number;
}

Subject text_of(const TypeDescriptor& type, const void* value, Scratch& scratch) {
  if (is_timestamp(type)) {
    return Subject::date(static_cast<const Timestamp*>(value)->milliseconds_since_epoch());
  }
  std::string& text = scratch.text();
  type.text->append(value, text);
  return Subject::string(text);
}

struct Visit {
  void* context;
  bool (*visit)(void* context, const Subject& element);
  const TypeDescriptor& type;
  Scratch& scratch;
  bool more = true;

  static void element(void* self, const void* element) {
    auto& state = *static_cast<Visit*>(self);
    if (!state.more) return;
    state.more = state.visit(state.context, subject_of(state.type, element, state.scratch));
  }
  static void entry(void* self, const void* /*key*/, const void* value) { element(self, value); }
};

}  // namespace

bool is_timestamp(const TypeDescriptor& type) {
  return type.kind == TypeKind::text &&
         type.qualified_name == roost::qualified_type_name<Timestamp>;
}

std::size_t TypedElements::size() const {
  return type_.kind == TypeKind::map ? type_.map->size(container_)
                                     : type_.sequence->size(container_);
}

void TypedElements::for_each(void* context,
                             bool (*visit)(void* context, const Subject& element)) const {
  if (type_.kind == TypeKind::map) {
    Visit state{context, visit, type_.map->value(), scratch_};
    type_.map->for_each(container_, &state, &Visit::entry);
    return;
  }
  Visit state{context, visit, type_.sequence->element(), scratch_};
  type_.sequence->for_each(container_, &state, &Visit::element);
}

void ValueElements::for_each(void* context,
                             bool (*visit)(void* context, const Subject& element)) const {
  for (const json::Value& value : array_) {
    if (!visit(context, subject_of(value, scratch_))) return;
  }
}

void MemberValues::for_each(void* context,
                            bool (*visit)(void* context, const Subject& element)) const {
  for (const json::Member& member : object_) {
    if (!visit(context, subject_of(member.value, scratch_))) return;
  }
}

Subject subject_of(const TypeDescriptor& type, const void* value, Scratch& scratch) {
  switch (type.kind) {
    case TypeKind::boolean:
      return Subject::boolean(load<bool>(value));
    case TypeKind::integer:
      return integer_of(type.integer, value);
    case TypeKind::floating:
      if (type.size == sizeof(float)) return Subject::floating(double{load<float>(value)});
      return Subject::floating(load<double>(value));
    case TypeKind::string:
      return Subject::string(*static_cast<const std::string*>(value));
    case TypeKind::enumeration:
      return enumerator_of(type, value);
    case TypeKind::text:
      return text_of(type, value, scratch);
    case TypeKind::object:
      return Subject::object(type.object->fields.size());
    case TypeKind::sequence:
      return Subject::array(scratch.elements(type, value));
    case TypeKind::map:
      return Subject::object(scratch.elements(type, value));
    case TypeKind::optional: {
      const void* const element = type.optional->get(value);
      return element == nullptr ? Subject::null()
                                : subject_of(type.optional->element(), element, scratch);
    }
    case TypeKind::variant:
      return subject_of(type.variant->alternatives[type.variant->index(value)](),
                        type.variant->get(value), scratch);
    case TypeKind::dynamic:
      return subject_of(*static_cast<const json::Value*>(value), scratch);
    case TypeKind::reference:
      return Subject::object(1);
  }
  return {};
}

Subject subject_of(const json::Value& value, Scratch& scratch) {
  switch (value.kind()) {
    case json::ValueKind::null:
      return Subject::null();
    case json::ValueKind::boolean:
      return Subject::boolean(value.as_boolean());
    case json::ValueKind::int64:
      return Subject::integer(value.as_int64());
    case json::ValueKind::uint64:
      return Subject::integer(value.as_uint64());
    case json::ValueKind::number:
      return Subject::floating(value.as_double());
    case json::ValueKind::string:
      return Subject::string(value.as_string());
    case json::ValueKind::array:
      return Subject::array(scratch.elements(value.as_array()));
    case json::ValueKind::object:
      return Subject::object(scratch.elements(value.as_object()));
  }
  return {};
}

Subject subject_of(const json::RawValue& raw) {
  switch (raw.kind) {
    case json::RawKind::absent:
      return {};
    case json::RawKind::null:
      return Subject::null();
    case json::RawKind::boolean:
      return Subject::boolean(raw.boolean);
    case json::RawKind::number:
      if (raw.int64) return Subject::integer(*raw.int64);
      if (raw.uint64) return Subject::integer(*raw.uint64);
      return Subject::floating(raw.number);
    case json::RawKind::string:
      return Subject::string(raw.text);
    case json::RawKind::array:
      return Subject::array(raw.size);
    case json::RawKind::object:
      return Subject::object(raw.size);
  }
  return {};
}

}  // namespace roost::validation::detail
