// E-mail addresses and domain names.
#include <roost/validation/detail/host_list.hpp>
#include <roost/validation/detail/text.hpp>
#include <roost/validation/rules/network_rules.hpp>

#include <algorithm>

namespace roost::validation {

namespace {

using namespace detail;

constexpr std::size_t max_address = 254;
constexpr std::size_t max_local_part = 64;
constexpr std::size_t max_label = 63;

/// Letters of other scripts that may stand in names; without astral characters, symbols that
/// JavaScript's tables leave out, and anything that cannot be seen.
bool is_name_letter(char32_t c) {
  const bool in_range =
      (c >= 0xA1 && c <= 0xD7FF) || (c >= 0xF900 && c <= 0xFDCF) || (c >= 0xFDF0 && c <= 0xFFEF);
  return in_range && !is_invisible(c) && !is_space(c);
}

bool is_label_character(char32_t c) {
  if (c < 0x80) {
    const char ascii = static_cast<char>(c);
    return is_alphanumeric(ascii) || ascii == '-' || ascii == '_';
  }
  if (c >= 0xFF01 && c <= 0xFF5E) return false;  // full-width forms of ASCII
  return c >= 0xA1 && !is_invisible(c) && !is_space(c) && c != 0xFFFE && c != 0xFFFF;
}

bool is_label(std::string_view label, const FqdnOptions& options) {
  if (!options.ignore_max_length && count_code_points(label) > max_label) return false;
  if (!all_code_points(label, is_label_character)) return false;
  if (label.front() == '-' || label.back() == '-') return false;
  return options.allow_underscores || label.find('_') == std::string_view::npos;
}

bool is_top_level(std::string_view label) {
  if (label.size() >= 4 && to_lower(label[0]) == 'x' && to_lower(label[1]) == 'n') {
    const auto rest = label.substr(2);
    if (all_of(rest, [](char c) { return is_alphanumeric(c) || c == '-'; })) return true;
  }
  if (count_code_points(label) < 2) return false;
  return all_code_points(label, [](char32_t c) {
    if (c < 0x80) return is_letter(static_cast<char>(c));
    return c != 0xA9 && is_name_letter(c);
  });
}

bool is_local_symbol(char c) {
  return std::string_view{"!#$%&'*+-/=?^_`{|}~"}.find(c) != std::string_view::npos;
}

bool is_atom(std::string_view atom, bool allow_utf8) {
  return all_code_points(atom, [&](char32_t c) {
    if (c >= 0x80) return allow_utf8 && is_name_letter(c);
    const char ascii = static_cast<char>(c);
    return is_alphanumeric(ascii) || is_local_symbol(ascii);
  });
}

/// The inside of "…": blanks, anything printable, and escapes; control characters are refused.
bool is_quoted_text(std::string_view text, bool allow_utf8) {
  while (!text.empty()) {
    char32_t c = next_code_point(text);
    if (c == '"') return false;
    if (c == '\\') {
      if (text.empty()) return false;
      c = next_code_point(text);
    }
    if (c >= 0x80 ? !(allow_utf8 && is_name_letter(c)) : (c < 0x20 || c == 0x7F)) return false;
  }
  return true;
}

/// Gmail's own rules: 6 to 30 letters and digits, dots between them, a tag after +.
bool is_gmail_name(std::string_view user) {
  const std::string name = ascii_lower(user.substr(0, user.find('+')));
  const auto dots = static_cast<std::size_t>(std::count(name.begin(), name.end(), '.'));
  if (name.size() - dots < 6 || name.size() - dots > 30) return false;
  return split(name, '.', [](std::string_view part) {
    return all_of(part, [](char c) { return is_lower(c) || is_digit(c); });
  });
}

bool is_display_name(std::string_view name) {
  std::string_view bare = name;
  if (name.size() > 2 && name.front() == '"' && name.back() == '"') {
    bare = name.substr(1, name.size() - 2);
  }
  if (trimmed(bare).empty()) return false;
  if (bare.find_first_of(".\";<>") == std::string_view::npos) return true;
  if (bare.size() == name.size()) return false;
  for (std::size_t i = 0; i < bare.size(); ++i) {
    if (bare[i] == '"' && (i == 0 || bare[i - 1] != '\\')) return false;
  }
  return true;
}

/// Splits "Name <address>"; false when the name is not acceptable.
bool take_display_name(std::string_view& text, const EmailOptions& options) {
  const auto bracket = text.rfind('<');
  const bool has_name = bracket != std::string_view::npos && bracket > 0;
  if (!has_name) return !options.require_display_name;
  std::string_view name = text.substr(0, bracket);
  if (text.back() != '>') return false;
  if (!all_code_points(name, [](char32_t c) {
        return c >= 0x20 && !(c >= 0x7F && c <= 0x9F) && !is_invisible(c);
      })) {
    return false;
  }
  text = text.substr(bracket + 1, text.size() - bracket - 2);
  if (name.back() == ' ') name.remove_suffix(1);
  return is_display_name(name);
}

bool is_ip_domain(std::string_view domain) {
  if (matches_ip(domain)) return true;
  return domain.size() > 2 && domain.front() == '[' && domain.back() == ']' &&
         matches_ip(domain.substr(1, domain.size() - 2));
}

}  // namespace

bool matches_fqdn(std::string_view text, const FqdnOptions& options) {
  if (options.allow_trailing_dot && !text.empty() && text.back() == '.') text.remove_suffix(1);
  if (options.allow_wildcard && text.starts_with("*.")) text.remove_prefix(2);
  const auto dot = text.rfind('.');
  const std::string_view top = dot == std::string_view::npos ? text : text.substr(dot + 1);
  if (options.require_tld) {
    if (dot == std::string_view::npos) return false;
    if (!options.allow_numeric_tld && !is_top_level(top)) return false;
  }
  if (!options.allow_numeric_tld && all_of(top, is_digit)) return false;
  return split(text, '.', [&](std::string_view label) { return is_label(label, options); });
}

bool matches_email(std::string_view text, const EmailOptions& options) {
  if (options.allow_display_name || options.require_display_name) {
    if (!take_display_name(text, options)) return false;
  }
  if (!options.ignore_max_length && count_code_points(text) > max_address) return false;
  const auto at = text.rfind('@');
  if (at == std::string_view::npos) return false;
  const std::string_view user = text.substr(0, at);
  const std::string_view domain = text.substr(at + 1);

  if (!options.host_blacklist.empty() && is_listed(domain, options.host_blacklist)) return false;
  if (!options.host_whitelist.empty() && !is_listed(domain, options.host_whitelist)) return false;
  if (options.domain_specific_validation &&
      (equal_ignoring_case(domain, "gmail.com") || equal_ignoring_case(domain, "googlemail.com"))) {
    if (!is_gmail_name(user)) return false;
  }
  if (!options.ignore_max_length && (user.size() > max_local_part || domain.size() > max_address)) {
    return false;
  }
  const FqdnOptions domain_options{.require_tld = options.require_tld,
                                   .allow_underscores = options.allow_underscores,
                                   .ignore_max_length = options.ignore_max_length};
  if (!matches_fqdn(domain, domain_options)) {
    if (!options.allow_ip_domain || !is_ip_domain(domain)) return false;
  }
  if (user.find_first_of(options.blacklisted_characters) != std::string_view::npos) return false;
  if (user.size() >= 2 && user.front() == '"' && user.back() == '"') {
    return is_quoted_text(user.substr(1, user.size() - 2), options.allow_utf8_local_part);
  }
  return split(user, '.',
               [&](std::string_view atom) { return is_atom(atom, options.allow_utf8_local_part); });
}

}  // namespace roost::validation
