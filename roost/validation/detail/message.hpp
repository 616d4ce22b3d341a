// Words the message of a failed rule.
#pragma once

#include <roost/validation/rule.hpp>

#include <string>
#include <string_view>

namespace roost::validation::detail {

/// The text for `property` of a class named `target`. Each token is replaced once, in one pass: the
/// contents of values and parameters are never read as tokens.
[[nodiscard]] std::string message_of(const RuleView& rule, const RuleCall& call,
                                     std::string_view property, std::string_view target);

}  // namespace roost::validation::detail
