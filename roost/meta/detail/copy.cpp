// Copies objects and containers as their descriptors say.
#include <roost/base/error.hpp>
#include <roost/meta/detail/object_plan.hpp>
#include <roost/meta/detail/presence.hpp>

#include <cstddef>
#include <string>

namespace roost::reflect::detail {

namespace {

void copy_value(const TypeDescriptor& type, void* to, const void* from) {
  if (type.copy_assign == nullptr) {
    throw Error{"An object of type " + std::string{type.qualified_name} +
                " cannot be copied: move it, or hold it by a std::shared_ptr."};
  }
  type.copy_assign(to, from);
}

struct Source {
  const TypeDescriptor* type;
  const void* value;
};

bool fill_from(void* context, void* element) {
  const auto& source = *static_cast<const Source*>(context);
  copy_value(*source.type, element, source.value);
  return true;
}

struct SequenceCopy {
  const TypeDescriptor* type;
  void* to;
  std::size_t position;
};

void copy_element(void* context, const void* element) {
  auto& copy = *static_cast<SequenceCopy*>(context);
  const SequenceDetails& sequence = *copy.type->sequence;
  Source source{&sequence.element(), element};
  sequence.append(copy.to, copy.position++, &source, &fill_from);
}

struct MapCopy {
  const TypeDescriptor* type;
  void* to;
};

void copy_entry(void* context, const void* key, const void* value) {
  auto& copy = *static_cast<MapCopy*>(context);
  const MapDetails& map = *copy.type->map;
  Source source{&map.value(), value};
  map.insert(copy.to, key, &source, &fill_from);
}

void need(bool possible, const TypeDescriptor& type) {
  if (!possible) {
    throw Error{std::string{type.qualified_name} +
                " cannot be copied: its element type has no default constructor."};
  }
}

}  // namespace

void copy_object(const TypeDescriptor& type, void* to, const void* from) {
  if (to == from) return;
  for (const FieldDescriptor& field : type.object->fields) {
    copy_value(field.type(), field_of(to, field), field_of(from, field));
  }
  const FieldSet* present = presence_of(*type.object, from);
  if (present != nullptr) *presence_of(*type.object, to) = *present;
}

void copy_optional(const TypeDescriptor& type, void* to, const void* from) {
  if (to == from) return;
  const OptionalDetails& optional = *type.optional;
  const void* value = optional.get(from);
  if (value != nullptr) {
    need(optional.emplace != nullptr, type);
    copy_value(optional.element(), optional.emplace(to), value);
  } else if (optional.is_null != nullptr && optional.is_null(from)) {
    optional.set_null(to);
  } else {
    optional.reset(to);
  }
}

void copy_sequence(const TypeDescriptor& type, void* to, const void* from) {
  if (to == from) return;
  need(type.sequence->append != nullptr, type);
  type.sequence->clear(to);
  SequenceCopy copy{&type, to, 0};
  type.sequence->for_each(from, &copy, &copy_element);
}

void copy_map(const TypeDescriptor& type, void* to, const void* from) {
  if (to == from) return;
  type.map->clear(to);
  MapCopy copy{&type, to};
  type.map->for_each(from, &copy, &copy_entry);
}

void copy_variant(const TypeDescriptor& type, void* to, const void* from) {
  if (to == from) return;
  const VariantDetails& variant = *type.variant;
  const void* value = variant.get(from);
  if (value == nullptr) return;  // valueless: there is nothing to copy
  need(variant.emplace != nullptr, type);
  const std::size_t index = variant.index(from);
  copy_value(variant.alternatives[index](), variant.emplace(to, index), value);
}

}  // namespace roost::reflect::detail
