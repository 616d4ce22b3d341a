// URLs.
#include <roost/validation/detail/host_list.hpp>
#include <roost/validation/detail/text.hpp>
#include <roost/validation/rules/network_rules.hpp>

namespace roost::validation {

namespace {

using namespace detail;

/// Control characters, blanks, brackets and invisible characters stand in no part of a URL.
bool has_refused_character(std::string_view text) {
  return !all_code_points(text, [](char32_t c) {
    return c > 0x20 && c != '<' && c != '>' && !(c >= 0x7F && c <= 0x9F) && !is_space(c) &&
           !is_invisible(c);
  });
}

/// Length of a scheme at the start of the text, 0 when there is none.
std::size_t scheme_length(std::string_view text) {
  if (text.empty() || !is_letter(text.front())) return 0;
  std::size_t end = 1;
  while (end < text.size() &&
         (is_alphanumeric(text[end]) || text[end] == '+' || text[end] == '-' || text[end] == '.')) {
    ++end;
  }
  return end < text.size() && text[end] == ':' ? end : 0;
}

bool is_known_protocol(std::string_view protocol, const UrlOptions& options) {
  if (!options.require_valid_protocol) return true;
  for (const std::string_view known : options.protocols) {
    if (equal_ignoring_case(known, protocol)) return true;
  }
  return false;
}

/// The text begins like a scheme that is not followed by "//" and has an @ in its host: a user with
/// a plain password, or a script that is only dressed up as a URL ("javascript:alert(1)@host").
bool hides_a_scheme(std::string_view url, std::size_t length) {
  if (url.starts_with("mailto:")) return true;
  if (length == 0) return false;
  const std::string_view rest = url.substr(length + 1, url.find('/') - length - 1);
  const auto at = rest.find('@');
  if (at == std::string_view::npos) return false;
  const std::string_view password = rest.substr(0, at);
  for (std::size_t i = 0; i < password.size(); ++i) {
    if (password[i] == '%') {
      if (i + 2 < password.size() && is_hex(password[i + 1]) && is_hex(password[i + 2]))
        return true;
    } else if (!is_alphanumeric(password[i]) &&
               std::string_view{"-_.:"}.find(password[i]) == std::string_view::npos) {
      return true;
    }
  }
  return false;
}

/// Takes "https://" or "//" off the front; false when what stands there is not allowed.
bool take_protocol(std::string_view& url, const UrlOptions& options) {
  const std::size_t length = scheme_length(url);
  if (length > 0 && url.substr(length + 1).starts_with("//")) {
    if (!is_known_protocol(url.substr(0, length), options)) return false;
    url.remove_prefix(length + 3);
    return true;
  }
  if (options.require_protocol || hides_a_scheme(url, length)) return false;
  if (url.starts_with("//")) {
    if (!options.allow_protocol_relative_urls) return false;
    url.remove_prefix(2);
  }
  return true;
}

/// "user", "user:password": no second colon, something before it or behind it.
bool is_user_info(std::string_view text) {
  if (text.empty() || text == ":") return false;
  if (text.find('\\') != std::string_view::npos) return false;
  const auto colon = text.find(':');
  return colon == std::string_view::npos || text.find(':', colon + 1) == std::string_view::npos;
}

bool is_port_number(std::string_view text) {
  const auto port = text.size() <= 5 && text.front() != '0' ? read_digits(text) : -1;
  return port > 0 && port <= 65535;
}

struct Authority {
  std::string_view host;
  std::string_view ipv6;  // without brackets
  std::string_view port;
  bool has_port = false;
};

/// Takes host and port apart; false when brackets do not fit.
bool split_authority(std::string_view text, Authority& authority) {
  std::string_view port;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos || end == 1) return false;
    authority.ipv6 = text.substr(1, end - 1);
    port = text.substr(end + 1);
    if (!port.empty() && port.front() != ':') return false;
  } else {
    const auto colon = text.find(':');
    authority.host = text.substr(0, colon);
    port = colon == std::string_view::npos ? std::string_view{} : text.substr(colon);
  }
  authority.has_port = !port.empty();
  if (authority.has_port) authority.port = port.substr(1);
  return true;
}

bool is_host(const Authority& authority, const UrlOptions& options) {
  if (!authority.ipv6.empty()) {
    return authority.ipv6.find('%') == std::string_view::npos && matches_ip(authority.ipv6, 6);
  }
  const FqdnOptions fqdn{.require_tld = options.require_tld,
                         .allow_underscores = options.allow_underscores,
                         .allow_trailing_dot = options.allow_trailing_dot};
  return matches_ip(authority.host) || matches_fqdn(authority.host, fqdn);
}

}  // namespace

bool matches_url(std::string_view text, const UrlOptions& options) {
  if (text.empty() || has_refused_character(text)) return false;
  if (options.validate_length && count_code_points(text) > options.max_allowed_length) return false;
  if (!options.allow_fragments && text.find('#') != std::string_view::npos) return false;
  if (!options.allow_query_components && text.find_first_of("?&") != std::string_view::npos) {
    return false;
  }
  std::string_view url = text.substr(0, text.find_first_of("#?"));
  if (!take_protocol(url, options) || url.empty()) return false;

  std::string_view rest = url.substr(0, url.find('/'));
  if (rest.empty() && !options.require_host) return true;
  const auto at = rest.find('@');
  if (at != std::string_view::npos) {
    if (options.disallow_auth || !is_user_info(rest.substr(0, at))) return false;
    rest.remove_prefix(at + 1);
  }
  Authority authority;
  if (!split_authority(rest, authority)) return false;
  if (authority.has_port && (authority.port.empty() || !is_port_number(authority.port))) {
    return false;
  }
  if (!authority.has_port && options.require_port) return false;

  const std::string_view host = authority.ipv6.empty() ? authority.host : authority.ipv6;
  if (!options.host_whitelist.empty()) return is_listed(host, options.host_whitelist);
  if (host.empty() && !options.require_host) return true;
  if (!is_host(authority, options)) return false;
  return options.host_blacklist.empty() || !is_listed(host, options.host_blacklist);
}

}  // namespace roost::validation
