// How the .cpp files of the rule families build their tables of functions.
#pragma once

#include <roost/validation/rule.hpp>

#include <string>
#include <string_view>

namespace roost::validation::detail {

/// Adapts `bool check(const P&, const Subject&)`.
template <class P, bool (*check)(const P&, const Subject&)>
bool checked(const RuleCall& call) {
  return check(*static_cast<const P*>(call.parameters), call.subject);
}

/// Adapts `bool check(std::string_view)`: anything but a string is refused.
template <bool (*check)(std::string_view)>
bool checked_text(const RuleCall& call) {
  return call.subject.is_string() && check(call.subject.text());
}

/// Adapts `bool check(std::string_view, const Options&)` for a P with a member `options`.
template <class P, bool (*check)(std::string_view, const typename P::Options&)>
bool checked_with_options(const RuleCall& call) {
  return call.subject.is_string() &&
         check(call.subject.text(), static_cast<const P*>(call.parameters)->options);
}

/// Adapts `void print(const P&, std::size_t index, std::string& out)`.
template <class P, void (*print)(const P&, std::size_t, std::string&)>
void printed(const void* parameters, std::size_t index, std::string& out) {
  print(*static_cast<const P*>(parameters), index, out);
}

/// The table of a rule without parameters about a text of some form.
template <bool (*check)(std::string_view)>
constexpr RuleOperations text_operations(std::string_view key, std::string_view message,
                                         std::string_view signature, std::string_view summary) {
  RuleOperations operations;
  operations.key = key;
  operations.message = message;
  operations.signature = signature;
  operations.summary = summary;
  operations.check = &checked_text<check>;
  operations.implies_type = true;
  return operations;
}

inline void append_size(std::size_t number, std::string& out) { out += std::to_string(number); }

}  // namespace roost::validation::detail
