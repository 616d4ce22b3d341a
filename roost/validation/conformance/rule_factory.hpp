// Makes rules at run time from the decorators that the conformance data name. Test only.
#pragma once

#include <roost/validation/conformance/test_value.hpp>
#include <roost/validation/rule.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace roost::validation::conformance {

/// A rule of the library with parameters from data.
struct DynamicRule {
  std::string decorator;
  std::shared_ptr<const void> storage;  // what the view points into
  RuleView view;
  const void* prepared = nullptr;
  Ref identifier;  // of ArrayUnique
};

/// Whether the decorator is a check that the library has a rule for.
[[nodiscard]] bool is_known_rule(std::string_view decorator);

/// `parameters` are those of the decorator, `options` its {each, message, groups, always} or an
/// absent value. Both must live as long as the rule. Throws Error for rules that make no sense.
[[nodiscard]] DynamicRule make_rule(const std::string& decorator,
                                    const std::vector<Ref>& parameters, const TestValue& options);

/// Outcome of one rule.
struct Verdict {
  bool valid = true;
  std::string message;
};
[[nodiscard]] Verdict run_rule(const DynamicRule& rule, const TestValue& value,
                               std::string_view property, std::string_view target);

}  // namespace roost::validation::conformance
