// Copies members from one described object to another by name.
#include <roost/base/error.hpp>
#include <roost/meta/assign.hpp>
#include <roost/meta/detail/assign_value.hpp>
#include <roost/meta/detail/presence.hpp>

#include <string>

namespace roost::reflect::detail {

namespace {

/// Fields of the two types usually stand in the same order, so the search begins where the last one
/// ended.
const FieldDescriptor* find_counterpart(const ObjectDetails& object, std::string_view name,
                                        std::size_t& start) {
  const std::size_t count = object.fields.size();
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t at = (start + i) % count;
    if (object.fields[at].name != name) continue;
    start = at + 1;
    return &object.fields[at];
  }
  return nullptr;
}

/// The same type, or a wrapper around it that shares its description (orm::Json).
bool same_content(const TypeDescriptor& a, const TypeDescriptor& b) {
  if (&a == &b) return true;
  if (a.kind != b.kind || a.role == b.role || a.copy_assign != b.copy_assign) return false;
  return a.object == b.object && a.sequence == b.sequence && a.map == b.map &&
         a.variant == b.variant;
}

void copy_value(const TypeDescriptor& target_type, void* target, const TypeDescriptor& source_type,
                const void* source) {
  if (!same_content(target_type, source_type) || target_type.copy_assign == nullptr) {
    throw Error{"Cannot assign a " + std::string{source_type.qualified_name} + " to a " +
                std::string{target_type.qualified_name} + "."};
  }
  target_type.copy_assign(target, source);
}

void make_empty(const TypeDescriptor& type, void* target) {
  if (type.kind != TypeKind::optional) return;
  if (type.optional->set_null != nullptr) {
    type.optional->set_null(target);
  } else {
    type.optional->reset(target);
  }
}

void copy_into(const TypeDescriptor& target_type, void* target, const TypeDescriptor& source_type,
               const void* source) {
  if (target_type.kind != TypeKind::optional || &target_type == &source_type) {
    copy_value(target_type, target, source_type, source);
    return;
  }
  if (target_type.optional->emplace == nullptr) {
    throw Error{std::string{target_type.qualified_name} + " cannot be filled."};
  }
  copy_value(target_type.optional->element(), target_type.optional->emplace(target), source_type,
             source);
}

}  // namespace

void assign_value(const TypeDescriptor& target_type, void* target,
                  const TypeDescriptor& source_type, const void* source, bool given) {
  if (source_type.kind != TypeKind::optional) {
    copy_into(target_type, target, source_type, source);
    return;
  }
  const OptionalDetails& optional = *source_type.optional;
  const void* value = optional.get(source);
  if (value == nullptr) {
    const bool is_null = optional.is_null != nullptr && optional.is_null(source);
    if (given || is_null) make_empty(target_type, target);
    return;
  }
  if (&target_type == &source_type && source_type.copy_assign != nullptr) {
    source_type.copy_assign(target, source);
    return;
  }
  copy_into(target_type, target, optional.element(), value);
}

void assign_fields(const TypeDescriptor& target_type, void* target,
                   const TypeDescriptor& source_type, const void* source) {
  if (target == source) return;
  const FieldSet* present = presence_of(*source_type.object, source);
  std::size_t position = 0;
  for (const FieldDescriptor& field : source_type.object->fields) {
    if (present != nullptr && !present->contains(field.index)) continue;
    const FieldDescriptor* counterpart =
        find_counterpart(*target_type.object, field.name, position);
    if (counterpart == nullptr) continue;
    assign_value(counterpart->type(), field_of(target, *counterpart), field.type(),
                 field_of(source, field), present != nullptr);
    FieldSet* marked = presence_of(*target_type.object, target);
    if (marked != nullptr) marked->insert(counterpart->index);
  }
}

}  // namespace roost::reflect::detail
