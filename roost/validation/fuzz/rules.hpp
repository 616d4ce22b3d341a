// Runs rules over any text; shared by the fuzzers of the rule families.
#pragma once

#include <roost/validation/rule.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace roost::validation::fuzz {

/// Checks the text with the rule, twice: a verdict must not depend on anything else.
template <class P>
void check(const Rule<P>& rule, std::string_view text) {
  static const void* const prepared =
      P::operations.prepare == nullptr ? nullptr : P::operations.prepare(&rule.parameters);
  RuleCall call;
  call.parameters = &rule.parameters;
  call.prepared = prepared;
  call.subject = Subject::string(text);
  const bool first = P::operations.check(call);
  if (P::operations.check(call) != first) std::abort();
}

template <class... Rules>
int check_all(const std::uint8_t* data, std::size_t size, const Rules&... rules) {
  const std::string text{reinterpret_cast<const char*>(data), size};
  (check(rules, text), ...);
  return 0;
}

}  // namespace roost::validation::fuzz
