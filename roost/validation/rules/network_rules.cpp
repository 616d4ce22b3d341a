// Rules for addresses.
#include <roost/validation/detail/define_rule.hpp>
#include <roost/validation/detail/text.hpp>
#include <roost/validation/rules/network_rules.hpp>

namespace roost::validation {

namespace {

using namespace detail;

bool check_ip(const IsIp& rule, const Subject& subject) {
  return subject.is_string() && matches_ip(subject.text(), rule.version);
}

/// `groups` groups of `digits` hexadecimal digits with one separator between them.
bool is_grouped_hex(std::string_view text, std::size_t groups, std::size_t digits, char separator) {
  std::size_t seen = 0;
  const bool good = split(text, separator, [&](std::string_view group) {
    ++seen;
    return group.size() == digits && all_of(group, is_hex);
  });
  return good && seen == groups;
}

bool is_mac(std::string_view text, const MacAddressOptions& options) {
  for (const std::size_t bits : {std::size_t{48}, std::size_t{64}}) {
    if (options.eui != 0 && static_cast<std::size_t>(options.eui) != bits) continue;
    if (options.no_separators) {
      if (text.size() == bits / 4 && all_of(text, is_hex)) return true;
      continue;
    }
    for (const char separator : {':', '-', ' '}) {
      if (is_grouped_hex(text, bits / 8, 2, separator)) return true;
    }
    if (is_grouped_hex(text, bits / 16, 4, '.')) return true;
  }
  return false;
}

bool is_port_text(std::string_view text) {
  if (text.size() > 1 && text.front() == '0') return false;
  const auto port = text.size() <= 5 ? read_digits(text) : -1;
  return port >= 0 && port <= 65535;
}

}  // namespace

const RuleOperations IsEmail::operations{
    .key = "isEmail",
    .message = "$each$property must be an email",
    .signature = "is_email({…})",
    .summary = "is an e-mail address",
    .check = &checked_with_options<IsEmail, &matches_email>,
    .implies_type = true,
};

const RuleOperations IsFqdn::operations{
    .key = "isFqdn",
    .message = "$each$property must be a valid domain name",
    .signature = "is_fqdn({…})",
    .summary = "is a domain name",
    .check = &checked_with_options<IsFqdn, &matches_fqdn>,
    .implies_type = true,
};

const RuleOperations IsUrl::operations{
    .key = "isUrl",
    .message = "$each$property must be a URL address",
    .signature = "is_url({…})",
    .summary = "is a URL; http, https and ftp unless told otherwise",
    .check = &checked_with_options<IsUrl, &matches_url>,
    .implies_type = true,
};

const RuleOperations IsIp::operations{
    .key = "isIp",
    .message = "$each$property must be an ip address",
    .signature = "is_ip(version)",
    .summary = "is an IPv4 or IPv6 address",
    .check = &checked<IsIp, &check_ip>,
    .implies_type = true,
};

const RuleOperations IsMacAddress::operations{
    .key = "isMacAddress",
    .message = "$each$property must be a MAC Address",
    .signature = "is_mac_address({…})",
    .summary = "is a MAC address of 48 or 64 bits",
    .check = &checked_with_options<IsMacAddress, &is_mac>,
    .implies_type = true,
};

const RuleOperations IsPort::operations{
    .key = "isPort",
    .message = "$each$property must be a port",
    .signature = "is_port",
    .summary = "is the text of a port number",
    .check = &checked_text<&is_port_text>,
    .implies_type = true,
};

}  // namespace roost::validation
