// Descriptors as text, for tests and tools.
#include <roost/meta/dump.hpp>

#include <string_view>

namespace roost::reflect {

namespace {

void append_annotations(std::span<const Annotation> annotations, std::string& out) {
  if (annotations.empty()) return;
  std::string_view separator = " [";
  for (const Annotation& annotation : annotations) {
    out += separator;
    out += annotation.kind->name;
    separator = ", ";
  }
  out += ']';
}

void append_field(const FieldDescriptor& field, std::string& out) {
  out += "  ";
  out += field.name;
  out += ": ";
  out += summary(field.type());
  if (field.required) out += ", required";
  if (field.has_default) out += ", default";
  if (field.json_name != field.name) {
    out += ", json \"";
    out += field.json_name;
    out += '"';
  }
  append_annotations(field.annotations, out);
  out += '\n';
}

std::string alternatives_of(const VariantDetails& variant) {
  std::string text;
  for (const TypeRef alternative : variant.alternatives) {
    if (!text.empty()) text += " or ";
    text += summary(alternative());
  }
  return text;
}

std::string sequence_summary(const SequenceDetails& sequence) {
  const std::string element = summary(sequence.element());
  if (sequence.fixed_size > 0) return std::to_string(sequence.fixed_size) + " of " + element;
  return (sequence.unique ? "set of " : "list of ") + element;
}

std::string_view kind_word(TypeKind kind) {
  switch (kind) {
    case TypeKind::enumeration:
      return "enumeration ";
    case TypeKind::text:
      return "text ";
    case TypeKind::object:
      return "object ";
    default:
      return "";
  }
}

}  // namespace

std::string summary(const TypeDescriptor& type) {
  switch (type.kind) {
    case TypeKind::sequence:
      return sequence_summary(*type.sequence);
    case TypeKind::map:
      return "map of " + summary(type.map->key()) + " to " + summary(type.map->value());
    case TypeKind::optional:
      return (type.optional->is_null != nullptr ? "nullable " : "optional ") +
             summary(type.optional->element());
    case TypeKind::variant:
      return alternatives_of(*type.variant);
    default:
      return std::string{type.name};
  }
}

std::string dump(const TypeDescriptor& type) {
  std::string out{kind_word(type.kind)};
  out += summary(type);
  if (type.object != nullptr) append_annotations(type.object->annotations, out);
  out += '\n';
  if (type.object != nullptr) {
    for (const FieldDescriptor& field : type.object->fields) append_field(field, out);
  }
  if (type.enumeration != nullptr) {
    for (const Enumerator& enumerator : type.enumeration->enumerators) {
      out += "  " + std::string{enumerator.name} + " = " + std::to_string(enumerator.value) + '\n';
    }
  }
  return out;
}

}  // namespace roost::reflect
