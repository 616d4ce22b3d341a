#include <roost/json/groups.hpp>
#include <roost/json/write.hpp>
#include <roost/meta/annotation.hpp>
#include <roost/openapi/annotations.hpp>
#include <roost/openapi/detail/rule_keywords.hpp>
#include <roost/openapi/detail/schemas.hpp>
#include <roost/validation/options.hpp>
#include <roost/validation/transform.hpp>

#include <algorithm>
#include <new>

namespace roost::openapi::detail {

namespace {

using json::Value;
using reflect::FieldDescriptor;
using reflect::find_annotation;
using reflect::has_annotation;
using reflect::TypeDescriptor;
using reflect::TypeKind;

Value of_type(std::string_view type) { return Value::object().set("type", type); }

Value integer_schema(const reflect::IntegerDetails& integer) {
  Value schema = of_type("integer");
  if (integer.bytes == 8 || (integer.bytes == 4 && !integer.is_signed)) {
    schema.set("format", "int64");
  } else {
    schema.set("format", "int32");
  }
  if (!integer.is_signed) schema.set("minimum", 0);
  if (integer.bytes > 2) return schema;
  const int bits = integer.bytes * 8 - (integer.is_signed ? 1 : 0);
  if (integer.is_signed) schema.set("minimum", -(1 << bits));
  schema.set("maximum", (1 << bits) - 1);
  return schema;
}

Value text_schema(const reflect::TextDetails& text) {
  Value schema = of_type("string");
  if (!text.format.empty()) schema.set("format", text.format);
  return schema;
}

/// Memory for one object of a type that is known at run time.
class Instance {
 public:
  explicit Instance(const TypeDescriptor& type)
      : type_{type}, memory_{::operator new (type.size, std::align_val_t{type.alignment})} {
    try {
      type.construct(memory_);
    } catch (...) {
      ::operator delete (memory_, std::align_val_t{type.alignment});
      throw;
    }
  }
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;
  ~Instance() {
    type_.destroy(memory_);
    ::operator delete (memory_, std::align_val_t{type_.alignment});
  }
  [[nodiscard]] const void* get() const { return memory_; }

 private:
  const TypeDescriptor& type_;
  void* memory_;
};

/// What a member is when it is left out, or null where that is not known.
Value default_of(const TypeDescriptor& owner, const FieldDescriptor& field) {
  if (owner.construct == nullptr || owner.destroy == nullptr) return nullptr;
  if (owner.object->presence_offset != reflect::ObjectDetails::no_presence) return nullptr;
  try {
    const Instance instance{owner};
    std::string text;
    json::write(field.type(), reflect::field_of(instance.get(), field), text);
    return Value::parse(text);
  } catch (const std::exception&) {
    return nullptr;  // a constructor that does more than to construct
  }
}

/// "type" of a schema as one letter; 0 where it is several or unknown.
char kind_letter(const TypeDescriptor& type) {
  switch (without_optional(type).kind) {
    case TypeKind::boolean:
      return 'b';
    case TypeKind::integer:
    case TypeKind::floating:
      return 'n';
    case TypeKind::string:
    case TypeKind::enumeration:
    case TypeKind::text:
      return 's';
    case TypeKind::object:
    case TypeKind::map:
      return 'o';
    case TypeKind::sequence:
      return 'a';
    default:
      return 0;
  }
}

bool has_field(const TypeDescriptor& type, std::string_view json_name) {
  const auto& fields = type.object->fields;
  return std::any_of(fields.begin(), fields.end(),
                     [&](const FieldDescriptor& field) { return field.json_name == json_name; });
}

/// Two objects are told apart by a member that one must have and the other cannot.
bool tells_apart(const TypeDescriptor& a, const TypeDescriptor& b, const Usage& usage) {
  const auto has_own = [&](const TypeDescriptor& one, const TypeDescriptor& other) {
    const auto& fields = one.object->fields;
    return std::any_of(fields.begin(), fields.end(), [&](const FieldDescriptor& field) {
      return Schemas::appears(field, usage) && Schemas::is_required(field, usage) &&
             !has_field(other, field.json_name);
    });
  };
  return has_own(a, b) || has_own(b, a);
}

bool are_exclusive(const reflect::VariantDetails& variant, const Usage& usage) {
  for (std::size_t i = 0; i < variant.alternatives.size(); ++i) {
    for (std::size_t k = i + 1; k < variant.alternatives.size(); ++k) {
      const TypeDescriptor& a = without_optional(variant.alternatives[i]());
      const TypeDescriptor& b = without_optional(variant.alternatives[k]());
      const char letter = kind_letter(a);
      if (letter == 0 || kind_letter(b) == 0) return false;
      if (letter != kind_letter(b)) continue;
      const bool objects = a.kind == TypeKind::object && b.kind == TypeKind::object;
      if (!objects || usage.open || !tells_apart(a, b, usage)) return false;
    }
  }
  return true;
}

void add_prose(std::span<const reflect::Annotation> annotations, Value& schema) {
  if (const auto* text = find_annotation<Description>(annotations)) {
    schema.set("description", text->text);
  }
  if (has_annotation<Deprecated>(annotations)) schema.set("deprecated", true);
  Value::Array examples;
  for (const reflect::Annotation& annotation : annotations) {
    if (annotation.kind != &reflect::annotation_kind<Example>) continue;
    const auto& example = *static_cast<const Example*>(annotation.value);
    examples.push_back(example.json.empty() ? to_value(example.value) : Value::parse(example.json));
  }
  if (!examples.empty()) schema.set("examples", std::move(examples));
}

bool allows_null(const FieldDescriptor& field, const Usage& usage) {
  if (usage.flat) return false;
  const TypeDescriptor& type = field.type();
  if (!usage.input) {
    if (type.kind != TypeKind::optional) return false;
    return type.optional->is_null != nullptr ||
           has_annotation<reflect::WriteNull>(field.annotations);
  }
  if (has_annotation<reflect::NotNull>(field.annotations)) return false;
  if (type.kind == TypeKind::optional) return true;
  if (has_annotation<validation::DefaultValue>(field.annotations)) return true;
  return usage.options != nullptr && usage.options->null_is_absent && !field.required;
}

/// The type behind a pointer, which need not be among the types of the document; null for what the
/// ORM puts in the place of objects.
const TypeDescriptor* pointed_to(const TypeDescriptor& pointer) {
  if (pointer.role != nullptr || pointer.size != sizeof(void*)) return nullptr;
  // The descriptor tells it only for an object; what it is called with is not looked into.
  static const char object = 0;
  const void* address = &object;
  const TypeDescriptor* target = nullptr;
  pointer.reference->visit(&address, &target,
                           [](void* context, const reflect::ReferencedObject& referenced) {
                             *static_cast<const TypeDescriptor**>(context) = referenced.type;
                           });
  return target;
}

}  // namespace

const TypeDescriptor& without_optional(const TypeDescriptor& type) {
  const TypeDescriptor* inner = &type;
  while (inner->kind == TypeKind::optional) inner = &inner->optional->element();
  return *inner;
}

Value with_null(Value schema) {
  if (schema.as_object().empty()) return schema;  // anything, null as well
  Value* type = schema.find("type");
  const bool listed = schema.find("enum") != nullptr || schema.find("const") != nullptr;
  if (type != nullptr && type->is_string() && !listed) {
    *type = Value::array(type->as_string(), "null");
    return schema;
  }
  return Value::object().set("anyOf", Value::array(std::move(schema), of_type("null")));
}

bool Schemas::appears(const FieldDescriptor& field, const Usage& usage) {
  if (has_annotation<reflect::Hidden>(field.annotations)) return false;
  if (!usage.input) return !has_annotation<reflect::WriteOnly>(field.annotations);
  return !has_annotation<reflect::ReadOnly>(field.annotations) &&
         field.type().kind != TypeKind::reference;
}

bool Schemas::is_required(const FieldDescriptor& field, const Usage& usage) {
  if (usage.input) {
    return field.required && !has_annotation<validation::DefaultValue>(field.annotations);
  }
  if (has_annotation<json::MemberGroups>(field.annotations)) return false;
  const TypeDescriptor& type = field.type();
  if (type.kind == TypeKind::optional) {
    return type.optional->is_null == nullptr &&
           has_annotation<reflect::WriteNull>(field.annotations);
  }
  // What the ORM puts in the place of objects is left out where it is not known.
  return type.kind != TypeKind::reference || type.role == nullptr;
}

Value Schemas::schema(const TypeDescriptor& type, const Usage& usage) {
  switch (type.kind) {
    case TypeKind::boolean:
      return of_type("boolean");
    case TypeKind::integer:
      return integer_schema(type.integer);
    case TypeKind::floating:
      return of_type("number").set("format", type.size == sizeof(float) ? "float" : "double");
    case TypeKind::string:
      return of_type("string");
    case TypeKind::text:
      return text_schema(*type.text);
    case TypeKind::enumeration:
    case TypeKind::object:
      return reference(type, usage);
    case TypeKind::sequence: {
      const reflect::SequenceDetails& sequence = *type.sequence;
      Value list = of_type("array").set("items", schema(sequence.element(), usage));
      if (sequence.fixed_size > 0) {
        list.set("minItems", sequence.fixed_size).set("maxItems", sequence.fixed_size);
      }
      if (sequence.unique) list.set("uniqueItems", true);
      return list;
    }
    case TypeKind::map: {
      Value map = of_type("object");
      const TypeDescriptor& key = type.map->key();
      if (key.kind == TypeKind::enumeration || key.kind == TypeKind::text) {
        map.set("propertyNames", schema(key, usage));
      } else if (key.kind == TypeKind::integer) {
        map.set("propertyNames", Value::object().set("pattern", "^-?[0-9]+$"));
      }
      return map.set("additionalProperties", schema(type.map->value(), usage));
    }
    case TypeKind::optional: {
      Value inner = schema(without_optional(type), usage);
      return usage.flat ? inner : with_null(std::move(inner));
    }
    case TypeKind::variant:
      return variant(type, usage);
    case TypeKind::reference:
      return referenced(type, usage);
    case TypeKind::dynamic:
      break;
  }
  return Value::object();
}

/// Whole, or as its key where it was not asked for; the type of the other entity may be known by
/// its name only, until finish() knows all types.
Value Schemas::referenced(const TypeDescriptor& type, const Usage& usage) {
  if (const TypeDescriptor* target = pointed_to(type)) return with_null(schema(*target, usage));
  if (!type.reference->kinds.empty()) return one_of_kinds(*type.reference);
  std::string_view name = type.qualified_name;
  if (name.starts_with("const ")) name.remove_prefix(6);
  Value::Array forms{Value::object().set("$ref", target_mark + std::string{name}),
                     of_type("integer"), of_type("string")};
  if (!type.reference->many) forms.push_back(of_type("null"));
  Value item = Value::object().set("anyOf", std::move(forms));
  return type.reference->many ? of_type("array").set("items", std::move(item)) : item;
}

/// An object of one of several classes says which: whole, or with its key in the place of the rest.
/// It has a member more than the schema of its class, so that it is described as far as all share.
Value Schemas::one_of_kinds(const reflect::ReferenceDetails& reference) {
  std::string names;
  for (std::string_view name : reference.kinds) {
    if (!names.empty()) names += " or ";
    names += name.substr(name.rfind(':') + 1);
  }
  Value properties = Value::object().set("type", of_type("string"));
  properties.set("id", Value::object().set("type", Value::array("integer", "string")));
  return Value::object()
      .set("type", Value::array("object", "null"))
      .set("description", names + ", as `type` says; `id` alone where it was not asked for")
      .set("properties", std::move(properties))
      .set("required", Value::array("type"));
}

Value Schemas::variant(const TypeDescriptor& type, const Usage& usage) {
  Value::Array alternatives;
  for (const reflect::TypeRef alternative : type.variant->alternatives) {
    alternatives.push_back(schema(alternative(), usage));
  }
  const bool exclusive = are_exclusive(*type.variant, usage);
  return Value::object().set(exclusive ? "oneOf" : "anyOf", std::move(alternatives));
}

Value Schemas::reference(const TypeDescriptor& type, Usage usage) {
  if (type.kind == TypeKind::enumeration) usage = {};
  usage.flat = false;
  const auto found = std::find_if(components_.begin(), components_.end(), [&](const auto& known) {
    return known.type == &type && known.usage == usage;
  });
  auto index = static_cast<std::size_t>(found - components_.begin());
  if (found == components_.end()) {
    components_.push_back({&type, usage, {}});
    Value made = content(type, usage);  // may add more components
    components_[index].content = std::move(made);
  }
  return Value::object().set("$ref", component_mark + std::to_string(index));
}

Value Schemas::content(const TypeDescriptor& type, const Usage& usage) {
  if (type.kind == TypeKind::object) return object(type, usage);
  Value::Array names;
  for (const reflect::Enumerator& enumerator : type.enumeration->enumerators) {
    names.emplace_back(enumerator.name);
  }
  return of_type("string").set("enum", std::move(names));
}

Value Schemas::object(const TypeDescriptor& type, const Usage& usage) {
  Value properties = Value::object();
  Value::Array required;
  for (const FieldDescriptor& field : type.object->fields) {
    if (!appears(field, usage)) continue;
    properties.set(field.json_name, member(type, field, usage));
    if (is_required(field, usage)) required.emplace_back(field.json_name);
  }
  Value schema = of_type("object");
  add_prose(type.object->annotations, schema);
  if (!properties.as_object().empty()) schema.set("properties", std::move(properties));
  if (!required.empty()) schema.set("required", std::move(required));
  const bool strips = usage.options != nullptr &&
                      usage.options->unknown_members == validation::UnknownMembers::strip;
  if (!usage.open && !(usage.input && strips)) schema.set("additionalProperties", false);
  return schema;
}

Value Schemas::member(const TypeDescriptor& owner, const FieldDescriptor& field,
                      const Usage& usage) {
  Value schema = this->schema(without_optional(field.type()), usage);
  for (const validation::RuleView& rule : rules_of(field.annotations, usage.options)) {
    if (!rule.each) {
      add_keywords(rule, schema);
      continue;
    }
    Value* items = schema.find("items");
    if (items == nullptr) items = schema.find("additionalProperties");
    if (items != nullptr) add_keywords(rule, *items);
  }
  if (allows_null(field, usage)) schema = with_null(std::move(schema));
  if (usage.input) {
    if (const auto* given = find_annotation<validation::DefaultValue>(field.annotations)) {
      schema.set("default", to_value(given->value));
    } else if (field.has_default && !field.required) {
      Value otherwise = default_of(owner, field);
      if (!otherwise.is_null()) schema.set("default", std::move(otherwise));
    }
    if (has_annotation<reflect::WriteOnly>(field.annotations)) schema.set("writeOnly", true);
  } else if (has_annotation<reflect::ReadOnly>(field.annotations)) {
    schema.set("readOnly", true);
  }
  add_prose(field.annotations, schema);
  return schema;
}

}  // namespace roost::openapi::detail
