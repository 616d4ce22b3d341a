// Classes declared as data, and their conversion.
#include <roost/base/error.hpp>
#include <roost/base/timestamp.hpp>
#include <roost/validation/conformance/dto.hpp>
#include <roost/validation/detail/text.hpp>
#include <roost/validation/transform.hpp>

#include <cmath>
#include <cstdlib>

namespace roost::validation::conformance {

namespace {

std::vector<Decorator> read_decorators(const json::Value& list, const TestValue& enums) {
  std::vector<Decorator> decorators;
  for (const json::Value& entry : list.as_array()) {
    Decorator decorator;
    decorator.name = entry.find("name")->as_string();
    if (const auto* parameters = entry.find("params")) {
      for (const json::Value& parameter : parameters->as_array()) {
        Ref value = TestValue::tagged(parameter);
        if (value->has("$enum"))
          value = enums.member(value->member("$enum")->text)->member("members");
        decorator.parameters.push_back(value);
      }
    }
    if (const auto* options = entry.find("options")) {
      decorator.options = TestValue::tagged(*options);
    }
    decorators.push_back(std::move(decorator));
  }
  return decorators;
}

/// What rules prepare lives as long as the program; this says so to the leak checker.
void keep_prepared(const void* prepared) {
  static auto& kept = *std::make_unique<std::vector<const void*>>().release();
  if (prepared != nullptr) kept.push_back(prepared);
}

Field read_field(const json::Value& entry, const TestValue& enums) {
  Field field;
  field.name = entry.find("name")->as_string();
  if (const auto* type = entry.find("type")) field.type = type->as_string();
  if (const auto* initial = entry.find("default")) field.initial = TestValue::tagged(*initial);
  field.decorators = read_decorators(*entry.find("decorators"), enums);
  for (const Decorator& decorator : field.decorators) {
    if (!is_known_rule(decorator.name)) continue;
    field.rules.push_back(make_rule(decorator.name, decorator.parameters, *decorator.options));
    keep_prepared(field.rules.back().prepared);
  }
  return field;
}

double to_number(const TestValue& value) {
  switch (value.kind) {
    case Kind::number:
      return value.numeric.as_double();
    case Kind::string: {
      char* end = nullptr;
      const double number = std::strtod(value.text.c_str(), &end);
      const bool whole = !value.text.empty() && end == value.text.c_str() + value.text.size();
      return whole ? number : std::nan("");
    }
    default:
      return std::nan("");
  }
}

Ref to_date(const TestValue& value) {
  if (value.kind == Kind::string) {
    if (const auto time = Timestamp::parse(value.text)) {
      return TestValue::date(time->milliseconds_since_epoch());
    }
  }
  if (value.kind == Kind::number && std::fabs(value.numeric.as_double()) <= 8.64e15) {
    return TestValue::date(static_cast<std::int64_t>(value.numeric.as_double()));
  }
  return std::make_shared<TestValue>(Kind::invalid_date);
}

/// Number(x), String(x), Boolean(x), new Date(x); arrays item by item.
Ref to_primitive(const std::string& type, const Ref& value) {
  if (value->is_missing()) return value;
  if (value->kind == Kind::array && type != "array") {
    std::vector<Ref> items;
    for (const Ref& item : value->items) items.push_back(to_primitive(type, item));
    return TestValue::array(std::move(items));
  }
  if (type == "Number" || type == "number") {
    return value->kind == Kind::number ? value : TestValue::number(to_number(*value));
  }
  if (type == "String" || type == "string") {
    if (value->kind == Kind::string) return value;
    if (value->kind == Kind::object) return TestValue::string("[object Object]");
    return TestValue::string(value->to_string());
  }
  if (type == "Boolean" || type == "boolean") {
    if (value->kind == Kind::boolean) return value;
    if (value->kind == Kind::string) return TestValue::boolean(!value->text.empty());
    if (value->kind == Kind::number) return TestValue::boolean(to_number(*value) != 0);
    return TestValue::boolean(true);
  }
  if (type == "Date") return to_date(*value);
  return value;
}

Ref apply_transform(const std::string& name, const Ref& value) {
  if (value->kind != Kind::string) return value;
  std::string text = value->text;
  if (name == "trim") {
    trim_text(text);
    return TestValue::string(text);
  }
  if (name == "lower") {
    lowercase_text(text);
    return TestValue::string(text);
  }
  if (name == "splitComma") {
    std::vector<Ref> parts;
    (void)detail::split(text, ',', [&](std::string_view part) {
      parts.push_back(TestValue::string(std::string{part}));
      return true;
    });
    return TestValue::array(std::move(parts));
  }
  if (name == "toInt") {
    const auto number = detail::read_digits(text);
    return number < 0 ? value : TestValue::number(static_cast<double>(number));
  }
  if (name == "toBool") {
    if (text == "true" || text == "1") return TestValue::boolean(true);
    if (text == "false" || text == "0") return TestValue::boolean(false);
  }
  return value;
}

/// The class that a nested value becomes, by the discriminator where there is one.
std::string nested_type(const Decorator& type, const TestValue& value) {
  const Ref discriminator = type.parameter(1).member("discriminator");
  if (discriminator->kind == Kind::object) {
    const Ref kind = value.member(discriminator->member("property")->text);
    for (const Ref& sub : discriminator->member("subTypes")->items) {
      if (kind->kind == Kind::string && sub->member("name")->text == kind->text) {
        return sub->member("value")->member("$type")->text;
      }
    }
  }
  return type.parameter(0).member("$type")->text;
}

Ref convert_nested(const Classes& classes, const Decorator& type, const Ref& value,
                   const TestValue& options) {
  if (value->kind == Kind::array) {
    std::vector<Ref> items;
    for (const Ref& item : value->items) {
      items.push_back(convert_nested(classes, type, item, options));
    }
    return TestValue::array(std::move(items));
  }
  if (value->kind != Kind::object) return value;
  const Class* const target = classes.find(nested_type(type, *value));
  return target == nullptr ? value : to_instance(classes, *target, value, options);
}

bool is_primitive(const std::string& type) {
  return type == "string" || type == "number" || type == "boolean" || type == "Date";
}

Ref convert_member(const Classes& classes, const Field& field, const Ref& given,
                   const TestValue& options) {
  Ref value = given;
  const bool implicit = options.member("enableImplicitConversion")->truth;
  if (const Decorator* type = field.find("Type")) {
    const std::string& name = type->parameter(0).member("$type")->text;
    value = classes.find(name) != nullptr ? convert_nested(classes, *type, value, options)
                                          : to_primitive(name, value);
  } else if (implicit && is_primitive(field.type)) {
    value = to_primitive(field.type, value);
  } else if (implicit && field.type == "enum Priority") {
    value = to_primitive("number", value);
  }
  for (const Decorator& decorator : field.decorators) {
    if (decorator.name != "Transform") continue;
    value = apply_transform(decorator.parameter(0).member("$transform")->text, value);
  }
  return value;
}

/// The name that the input uses for the field.
std::string outer_name(const Field& field) {
  const Decorator* const expose = field.find("Expose");
  if (expose == nullptr || !expose->parameter(0).has("name")) return field.name;
  return expose->parameter(0).member("name")->text;
}

}  // namespace

const TestValue& Decorator::parameter(std::size_t index) const {
  static const Ref none = TestValue::absent();
  return index < parameters.size() ? *parameters[index] : *none;
}

const Decorator* Field::find(std::string_view decorator) const {
  for (const Decorator& entry : decorators) {
    if (entry.name == decorator) return &entry;
  }
  return nullptr;
}

std::string Field::element_type() const {
  constexpr std::string_view prefix = "array of ";
  return type.starts_with(prefix) ? type.substr(prefix.size()) : std::string{};
}

Classes::Classes(const json::Value& file) {
  if (const auto* enums = file.find("enums")) enums_ = TestValue::tagged(*enums);
  const json::Value& dtos = *file.find("dtos");
  for (const json::Member& dto : dtos.as_object()) load(dto.name, dtos);
}

void Classes::load(const std::string& name, const json::Value& dtos) {
  if (classes_.count(name) != 0) return;
  const json::Value& entry = *dtos.find(name);
  Class made{name, {}};
  for (const json::Value& field : entry.find("fields")->as_array()) {
    made.fields.push_back(read_field(field, *enums_));
  }
  if (const auto* parent = entry.find("extends")) {
    load(parent->as_string(), dtos);
    for (const Field& inherited : classes_.at(parent->as_string()).fields) {
      bool replaced = false;
      for (const Field& own : made.fields) replaced = replaced || own.name == inherited.name;
      if (!replaced) made.fields.push_back(inherited);
    }
  }
  classes_.emplace(name, std::move(made));
}

const Class& Classes::add(const std::string& name, const json::Value& fields) {
  Class made{name, {}};
  for (const json::Value& field : fields.as_array()) {
    made.fields.push_back(read_field(field, *enums_));
  }
  return classes_[name] = std::move(made);
}

const Class* Classes::find(const std::string& name) const {
  const auto found = classes_.find(name);
  return found == classes_.end() ? nullptr : &found->second;
}

Ref to_instance(const Classes& classes, const Class& type, const Ref& value,
                const TestValue& options) {
  if (value->kind != Kind::object) return value;
  const bool strict = options.member("excludeExtraneousValues")->truth;
  TestValue::Members members;
  for (const Field& field : type.fields) {
    if (field.initial == nullptr || value->has(outer_name(field))) continue;
    members.emplace_back(field.name, field.initial);
  }
  for (const auto& [name, given] : value->members) {
    const Field* target = nullptr;
    bool renamed = false;
    for (const Field& field : type.fields) {
      if (outer_name(field) == name) target = &field;
      renamed = renamed || (field.name == name && outer_name(field) != name);
    }
    if (target == nullptr) {
      if (!strict && !renamed) members.emplace_back(name, given);
      continue;
    }
    if (target->find("Exclude") != nullptr) continue;
    if (strict && target->find("Expose") == nullptr) continue;
    members.emplace_back(target->name, convert_member(classes, *target, given, options));
  }
  return TestValue::object(std::move(members));
}

}  // namespace roost::validation::conformance
