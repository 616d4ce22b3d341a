// The last steps in the making of an object's descriptor, shared with the mapped types.
#include <roost/base/error.hpp>
#include <roost/meta/annotation.hpp>
#include <roost/meta/detail/finish_object.hpp>

#include <cstddef>
#include <string>
#include <utility>

namespace roost::reflect::detail {

namespace {

void check_names(const BuiltObject& built) {
  const auto& fields = built.fields;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (fields[i].json_name != fields[j].json_name) continue;
      throw Error{"Two members of " + std::string{built.type.qualified_name} + " are called \"" +
                  std::string{fields[i].json_name} + "\" in JSON: " + std::string{fields[j].name} +
                  " and " + std::string{fields[i].name} +
                  ". Give one of them another json_name(…)."};
    }
  }
  if (fields.size() > FieldSet::capacity) {
    throw Error{std::string{built.type.qualified_name} + " has " + std::to_string(fields.size()) +
                " members; up to " + std::to_string(FieldSet::capacity) + " can be described."};
  }
}

}  // namespace

void set_requirement(FieldDescriptor& field) {
  const auto annotations = field.annotations;
  field.required = field.type().kind != TypeKind::optional && !field.has_default &&
                   !has_annotation<MayBeAbsent>(annotations);
  if (has_annotation<MustBePresent>(annotations)) field.required = true;
  if (has_annotation<Hidden>(annotations) || has_annotation<ReadOnly>(annotations)) {
    field.required = false;
  }
}

const TypeDescriptor& publish(DescriptorSlot& slot, std::unique_ptr<BuiltObject> built) {
  std::uint16_t index = 0;
  for (FieldDescriptor& field : built->fields) {
    field.index = index++;
    const auto* named = find_annotation<JsonName>(field.annotations);
    field.json_name = named == nullptr ? field.name : named->name;
  }
  check_names(*built);
  built->object.fields = built->fields;
  built->type.object = &built->object;
  const TypeDescriptor* stored = slot.store_first(&built->type);
  if (stored == &built->type) (void)built.release();
  return *stored;
}

}  // namespace roost::reflect::detail
