#include <roost/base/fixed_string.hpp>
#include <roost/openapi/detail/rule_keywords.hpp>
#include <roost/validation/catalog.hpp>
#include <roost/validation/options.hpp>
#include <roost/validation/rules.hpp>

#include <algorithm>
#include <cctype>
#include <unordered_map>

namespace roost::openapi::detail {

namespace {

using json::Value;
using validation::RuleOperations;
using validation::RuleView;
using validation::Subject;
using validation::SubjectKind;

Value to_value(const Subject& subject) {
  switch (subject.kind()) {
    case SubjectKind::boolean:
      return subject.as_boolean();
    case SubjectKind::integer:
      return subject.as_integer();
    case SubjectKind::unsigned_integer:
      return subject.as_unsigned();
    case SubjectKind::floating:
      return subject.as_double();
    case SubjectKind::string:
      return subject.text();
    default:
      return nullptr;
  }
}

Value list_of(std::span<const validation::Literal> literals) {
  Value::Array values;
  for (const validation::Literal& literal : literals) {
    values.push_back(to_value(literal.subject()));
  }
  return values;
}

/// Adds a keyword beside what is there; a second one of the same name goes into allOf.
void add(Value& schema, std::string_view keyword, Value value) {
  if (schema.find(keyword) == nullptr) {
    schema.set(keyword, std::move(value));
    return;
  }
  Value* all = schema.find("allOf");
  if (all == nullptr) {
    schema.set("allOf", Value::array());
    all = schema.find("allOf");
  }
  all->push_back(Value::object().set(keyword, std::move(value)));
}

/// Of two bounds the stricter one stays.
void at_least(Value& schema, std::string_view keyword, Value bound) {
  const Value* before = schema.find(keyword);
  if (before != nullptr && before->as_double() >= bound.as_double()) return;
  schema.set(keyword, std::move(bound));
}
void at_most(Value& schema, std::string_view keyword, Value bound) {
  const Value* before = schema.find(keyword);
  if (before != nullptr && before->as_double() <= bound.as_double()) return;
  schema.set(keyword, std::move(bound));
}

bool has_type(const Value& schema, std::string_view type) {
  const Value* found = schema.find("type");
  return found != nullptr && found->is_string() && found->as_string() == type;
}

/// The keyword for "at least one" depends on what the value is.
void not_empty(const void*, Value& schema) {
  if (has_type(schema, "string")) at_least(schema, "minLength", 1);
  if (has_type(schema, "array")) at_least(schema, "minItems", 1);
  if (has_type(schema, "object")) at_least(schema, "minProperties", 1);
}

std::string escaped_pattern(std::string_view text) {
  std::string pattern;
  for (const char c : text) {
    if (std::string_view{"\\^$.|?*+()[]{}/-"}.find(c) != std::string_view::npos) pattern += '\\';
    pattern += c;
  }
  return pattern;
}

template <class P>
const P& as(const void* parameters) {
  return *static_cast<const P*>(parameters);
}

template <std::size_t unlimited>
void add_lengths(std::size_t min, std::size_t max, Value& schema) {
  if (min > 0) at_least(schema, "minLength", min);
  if (max != unlimited) at_most(schema, "maxLength", max);
}

using AddKeywords = void (*)(const void* parameters, Value& schema);

struct Entry {
  const RuleOperations* operations;
  AddKeywords add;
};

template <FixedString pattern>
void add_pattern(const void*, Value& schema) {
  add(schema, "pattern", pattern.view());
}
template <FixedString type>
void add_type(const void*, Value& schema) {
  if (schema.find("type") == nullptr && schema.find("$ref") == nullptr) {
    schema.set("type", type.view());
  }
}

void add_matches(const void* parameters, Value& schema) {
  const auto& rule = as<validation::Matches>(parameters);
  // A schema has no place for flags.
  if (rule.flags.empty()) add(schema, "pattern", rule.pattern);
}

void add_is_number(const void* parameters, Value& schema) {
  add_type<"number">(parameters, schema);
}

void add_multiple(const void* parameters, Value& schema) {
  const Subject& divisor = as<validation::DivisibleBy>(parameters).divisor.subject();
  // Multiples of fractions are a matter of rounding, which validators do not agree upon.
  if (divisor.kind() == SubjectKind::integer && divisor.as_integer() > 0) {
    add(schema, "multipleOf", divisor.as_integer());
  }
}

void add_ip(const void* parameters, Value& schema) {
  const int version = as<validation::IsIp>(parameters).version;
  schema.set("format", version == 4 ? "ipv4" : version == 6 ? "ipv6" : "ip");
}

void add_strong_password(const void* parameters, Value& schema) {
  at_least(schema, "minLength", as<validation::IsStrongPassword>(parameters).options.min_length);
  schema.set("format", "password");
}

template <FixedString format>
void add_format(const void*, Value& schema) {
  schema.set("format", format.view());
}

const Entry entries[] = {
    {&validation::NotEmpty::operations, &not_empty},
    {&validation::ArrayNotEmpty::operations, &not_empty},
    {&validation::NotEmptyObject::operations, &not_empty},
    {&validation::Equals::operations,
     [](const void* rule, Value& schema) {
       add(schema, "const", to_value(as<validation::Equals>(rule).comparison.subject()));
     }},
    {&validation::NotEquals::operations,
     [](const void* rule, Value& schema) {
       add(schema, "not",
           Value::object().set("const",
                               to_value(as<validation::NotEquals>(rule).comparison.subject())));
     }},
    {&validation::IsString::operations, &add_type<"string">},
    {&validation::IsBoolean::operations, &add_type<"boolean">},
    {&validation::IsNumber::operations, &add_is_number},
    {&validation::IsInteger::operations,
     [](const void*, Value& schema) { schema.set("type", "integer"); }},
    {&validation::IsArray::operations, &add_type<"array">},
    {&validation::IsObject::operations, &add_type<"object">},
    {&validation::Min::operations,
     [](const void* rule, Value& schema) {
       at_least(schema, "minimum", to_value(as<validation::Min>(rule).bound.subject()));
     }},
    {&validation::Max::operations,
     [](const void* rule, Value& schema) {
       at_most(schema, "maximum", to_value(as<validation::Max>(rule).bound.subject()));
     }},
    {&validation::Positive::operations,
     [](const void*, Value& schema) { at_least(schema, "exclusiveMinimum", 0); }},
    {&validation::Negative::operations,
     [](const void*, Value& schema) { at_most(schema, "exclusiveMaximum", 0); }},
    {&validation::DivisibleBy::operations, &add_multiple},
    {&validation::ArrayMinSize::operations,
     [](const void* rule, Value& schema) {
       at_least(schema, "minItems", as<validation::ArrayMinSize>(rule).size);
     }},
    {&validation::ArrayMaxSize::operations,
     [](const void* rule, Value& schema) {
       at_most(schema, "maxItems", as<validation::ArrayMaxSize>(rule).size);
     }},
    {&validation::ArrayUnique::operations,
     [](const void*, Value& schema) { schema.set("uniqueItems", true); }},
    {&validation::Length::operations,
     [](const void* rule, Value& schema) {
       const auto& length = as<validation::Length>(rule);
       add_lengths<validation::Length::unlimited>(length.min, length.max, schema);
     }},
    {&validation::MinLength::operations,
     [](const void* rule, Value& schema) {
       at_least(schema, "minLength", as<validation::MinLength>(rule).min);
     }},
    {&validation::MaxLength::operations,
     [](const void* rule, Value& schema) {
       at_most(schema, "maxLength", as<validation::MaxLength>(rule).max);
     }},
    {&validation::Contains::operations,
     [](const void* rule, Value& schema) {
       add(schema, "pattern", escaped_pattern(as<validation::Contains>(rule).seed));
     }},
    {&validation::NotContains::operations,
     [](const void* rule, Value& schema) {
       add(schema, "not",
           Value::object().set("pattern", escaped_pattern(as<validation::NotContains>(rule).seed)));
     }},
    {&validation::Matches::operations, &add_matches},
    {&validation::IsStrongPassword::operations, &add_strong_password},
    {&validation::IsIp::operations, &add_ip},
    {&validation::IsUrl::operations, &add_format<"uri">},
    {&validation::IsFqdn::operations, &add_format<"hostname">},
    {&validation::IsRfc3339::operations, &add_format<"date-time">},
    {&validation::IsMilitaryTime::operations, &add_pattern<R"(^([01]\d|2[0-3]):?[0-5]\d$)">},
    {&validation::IsMongoId::operations, &add_pattern<"^[0-9a-fA-F]{24}$">},
    {&validation::IsBooleanString::operations, &add_pattern<"^(true|false|1|0)$">},
    {&validation::IsJson::operations,
     [](const void*, Value& schema) { schema.set("contentMediaType", "application/json"); }},
};

/// "isCreditCard" → "credit-card".
std::string format_name(std::string_view key) {
  if (key.starts_with("is")) key.remove_prefix(2);
  std::string name;
  bool was_lower = false;
  for (const char c : key) {
    const bool upper = std::isupper(static_cast<unsigned char>(c)) != 0;
    if (upper && was_lower) name += '-';
    name += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    was_lower = !upper;
  }
  return name;
}

using FormatNames = std::unordered_map<const RuleOperations*, std::string>;

/// Rules for forms of texts: their key is the name of a format.
FormatNames make_format_names() {
  FormatNames names;
  for (const validation::CatalogEntry& entry : validation::rule_catalog()) {
    if (entry.family == "Addresses" || entry.family == "Dates" || entry.family == "Formats" ||
        entry.family == "Codes and places") {
      names.emplace(entry.operations, format_name(entry.operations->key));
    }
  }
  names.erase(&validation::MinDate::operations);
  names.erase(&validation::MaxDate::operations);
  return names;
}

void add_list_keywords(const RuleView& rule, Value& schema) {
  const auto values = rule.operations->values(rule.parameters);
  const std::string_view key = rule.operations->key;
  if (key == validation::one_of_texts.key) {
    add(schema, "enum", list_of(values));
  } else if (key == validation::not_one_of_texts.key) {
    add(schema, "not", Value::object().set("enum", list_of(values)));
  } else if (key == validation::array_contains_texts.key) {
    for (const validation::Literal& value : values) {
      add(schema, "contains", Value::object().set("const", to_value(value.subject())));
    }
  } else if (key == validation::array_not_contains_texts.key) {
    add(schema, "not",
        Value::object().set("contains", Value::object().set("enum", list_of(values))));
  }
}

bool runs(const validation::RuleOptions& own, const validation::ValidationOptions* options) {
  const bool has_groups = !own.groups.front().empty();
  if (options == nullptr || options->groups.empty()) {
    return options == nullptr || !options->strict_groups || !has_groups;
  }
  if (own.always || (!has_groups && options->always)) return true;
  return std::any_of(own.groups.begin(), own.groups.end(), [&](std::string_view group) {
    return !group.empty() && std::find(options->groups.begin(), options->groups.end(), group) !=
                                 options->groups.end();
  });
}

}  // namespace

std::vector<RuleView> rules_of(std::span<const reflect::Annotation> annotations,
                               const validation::ValidationOptions* options) {
  std::vector<RuleView> rules;
  for (const reflect::Annotation& annotation : annotations) {
    if (annotation.kind->family != &validation::rule_family) continue;
    const auto& shape =
        *static_cast<const validation::AnnotationShape*>(annotation.kind->operations);
    if (shape.rules == nullptr || shape.active != nullptr) continue;
    shape.rules(annotation.value, &rules, [](void* context, const RuleView& rule) {
      static_cast<std::vector<RuleView>*>(context)->push_back(rule);
    });
  }
  std::erase_if(rules, [&](const RuleView& rule) { return !runs(*rule.options, options); });
  return rules;
}

void add_keywords(const RuleView& rule, Value& schema) {
  static const FormatNames format_names = make_format_names();
  if (rule.operations->values != nullptr) {
    add_list_keywords(rule, schema);
    return;
  }
  for (const Entry& entry : entries) {
    if (entry.operations != rule.operations) continue;
    entry.add(rule.parameters, schema);
    return;
  }
  const auto format = format_names.find(rule.operations);
  if (format != format_names.end()) add(schema, "format", format->second);
}

std::string rule_text(const RuleView& rule) {
  const RuleOperations& operations = *rule.operations;
  const std::string_view signature =
      operations.signature.empty() ? operations.key : operations.signature;
  const auto parenthesis = signature.find('(');
  std::string text{signature.substr(0, parenthesis)};
  if (parenthesis != std::string_view::npos && operations.constraint != nullptr) {
    std::string arguments;
    for (std::size_t index = 1; index <= 3; ++index) {
      std::string argument;
      operations.constraint(rule.parameters, index, argument);
      if (argument.empty()) break;
      if (!arguments.empty()) arguments += ", ";
      arguments += argument;
    }
    text += '(';
    text += arguments;
    text += ')';
  }
  return rule.each ? "each(" + text + ")" : text;
}

json::Value to_value(const validation::Literal& literal) { return to_value(literal.subject()); }

}  // namespace roost::openapi::detail
