// Validation rules as keywords of JSON Schema.
#pragma once

#include <roost/json/value.hpp>
#include <roost/meta/type_descriptor.hpp>
#include <roost/validation/literal.hpp>
#include <roost/validation/rule.hpp>

#include <span>
#include <string>
#include <vector>

namespace roost::validation {
struct ValidationOptions;
}

namespace roost::openapi::detail {

/// The rules of a member that run for every object and with these options (null: the usual).
/// Conditional rules are not among them.
[[nodiscard]] std::vector<validation::RuleView> rules_of(
    std::span<const reflect::Annotation> annotations, const validation::ValidationOptions* options);

/// Adds what the rule says to the schema of the value; a rule that no keyword can say adds nothing.
void add_keywords(const validation::RuleView& rule, json::Value& schema);

/// "length(2, 20)", for people.
[[nodiscard]] std::string rule_text(const validation::RuleView& rule);

[[nodiscard]] json::Value to_value(const validation::Literal& literal);

}  // namespace roost::openapi::detail
