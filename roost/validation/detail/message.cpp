// Words the message of a failed rule.
#include <roost/validation/detail/message.hpp>
#include <roost/validation/detail/text.hpp>

namespace roost::validation::detail {

namespace {

struct Words {
  const RuleView& rule;
  const RuleCall& call;
  std::string_view property;
  std::string_view target;
};

/// Writes what stands for the token that `rest` begins with; returns its length, 0 for no token.
std::size_t expand(std::string_view rest, const Words& words, std::string& out) {
  if (rest.starts_with("$each")) {
    if (words.rule.each) out += "each value in ";
    return 5;
  }
  if (rest.starts_with("$property")) {
    out += words.property;
    return 9;
  }
  if (rest.starts_with("$target")) {
    out += words.target;
    return 7;
  }
  if (rest.starts_with("$value")) {
    append_text(words.call.subject, out);
    return 6;
  }
  constexpr std::string_view constraint = "$constraint";
  if (!rest.starts_with(constraint)) return 0;
  std::size_t end = constraint.size();
  while (end < rest.size() && is_digit(rest[end])) ++end;
  const auto index = read_digits(rest.substr(constraint.size(), end - constraint.size()));
  if (index < 1) return 0;
  if (words.rule.operations->constraint != nullptr) {
    words.rule.operations->constraint(words.rule.parameters, static_cast<std::size_t>(index), out);
  }
  return end;
}

std::string render(std::string_view text, const Words& words) {
  std::string out;
  out.reserve(text.size() + words.property.size() + 16);
  while (!text.empty()) {
    const auto dollar = text.find('$');
    out += text.substr(0, dollar);
    if (dollar == std::string_view::npos) break;
    text.remove_prefix(dollar);
    std::size_t taken = expand(text, words, out);
    if (taken == 0) {
      out += '$';
      taken = 1;
    }
    text.remove_prefix(taken);
  }
  return out;
}

}  // namespace

std::string message_of(const RuleView& rule, const RuleCall& call, std::string_view property,
                       std::string_view target) {
  const Words words{rule, call, property, target};
  const RuleOptions& options = *rule.options;
  if (options.message_function == nullptr && !options.message.empty()) {
    return render(options.message, words);
  }
  const RuleOperations& operations = *rule.operations;
  const std::string_view own =
      operations.choose_message == nullptr ? operations.message : operations.choose_message(call);
  std::string text = render(own, words);
  if (options.message_function == nullptr) return text;
  std::string value;
  append_text(call.subject, value);
  return options.message_function({property, target, value, text});
}

}  // namespace roost::validation::detail
