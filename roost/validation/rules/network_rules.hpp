// Rules for addresses: e-mail, URL, domain, IP, MAC, port.
#pragma once

#include <roost/validation/literal.hpp>
#include <roost/validation/rule.hpp>

#include <cstddef>
#include <string_view>

namespace roost::validation {

struct EmailOptions {
  bool allow_display_name = false;  // "Ann <ann@example.com>"
  bool require_display_name = false;
  bool allow_utf8_local_part = true;
  bool require_tld = true;
  bool ignore_max_length = false;
  bool allow_ip_domain = false;                  // "ann@[127.0.0.1]"
  bool domain_specific_validation = false;       // the rules of Gmail's own names
  bool allow_underscores = false;                // in the domain
  std::string_view blacklisted_characters = {};  // refused in the local part
  TextList host_blacklist = {};                  // hosts, or patterns written "/…/"
  TextList host_whitelist = {};
};
struct IsEmail {
  using Options = EmailOptions;
  static constexpr Domain domain = Domain::string;
  static const RuleOperations operations;
  Options options{};
};

struct FqdnOptions {
  bool require_tld = true;
  bool allow_underscores = false;
  bool allow_trailing_dot = false;
  bool allow_numeric_tld = false;
  bool allow_wildcard = false;  // "*.example.com"
  bool ignore_max_length = false;
};
struct IsFqdn {
  using Options = FqdnOptions;
  static constexpr Domain domain = Domain::string;
  static const RuleOperations operations;
  Options options{};
};

struct UrlOptions {
  TextList protocols{"http", "https", "ftp"};
  bool require_tld = true;
  bool require_protocol = false;
  bool require_host = true;
  bool require_port = false;
  bool require_valid_protocol = true;  // one of `protocols`
  bool allow_underscores = false;
  bool allow_trailing_dot = false;
  bool allow_protocol_relative_urls = false;
  bool allow_fragments = true;
  bool allow_query_components = true;
  bool disallow_auth = false;
  bool validate_length = true;
  std::size_t max_allowed_length = 2084;
  TextList host_whitelist = {};  // when set, decides alone on the host
  TextList host_blacklist = {};
};
struct IsUrl {
  using Options = UrlOptions;
  static constexpr Domain domain = Domain::string;
  static const RuleOperations operations;
  Options options{};
};

struct IsIp {
  static constexpr Domain domain = Domain::string;
  static const RuleOperations operations;
  int version = 0;  // 4, 6, or 0 for either
};

struct MacAddressOptions {
  bool no_separators = false;
  int eui = 0;  // 48, 64, or 0 for either
};
struct IsMacAddress {
  using Options = MacAddressOptions;
  static constexpr Domain domain = Domain::string;
  static const RuleOperations operations;
  Options options{};
};

struct IsPort {
  static constexpr Domain domain = Domain::string;
  static const RuleOperations operations;
};

// The checks themselves, for use in the program's own code.

[[nodiscard]] bool matches_email(std::string_view text, const EmailOptions& options = {});
[[nodiscard]] bool matches_fqdn(std::string_view text, const FqdnOptions& options = {});
[[nodiscard]] bool matches_url(std::string_view text, const UrlOptions& options = {});
/// `version` 4, 6, or 0 for either.
[[nodiscard]] bool matches_ip(std::string_view text, int version = 0);

}  // namespace roost::validation

namespace roost {

/// An e-mail address: `is_email`, `is_email({.allow_ip_domain = true})`. Invisible characters and
/// characters that turn the direction of writing are refused.
inline constexpr validation::Rule<validation::IsEmail> is_email{};
/// A domain name.
inline constexpr validation::Rule<validation::IsFqdn> is_fqdn{};
/// A URL of one of the protocols http, https, ftp; the protocol may be left out.
inline constexpr validation::Rule<validation::IsUrl> is_url{};
/// An IP address; is_ip(4) and is_ip(6) for one version.
constexpr auto is_ip(int version = 0) { return validation::Rule<validation::IsIp>{{}, {version}}; }
/// A MAC address with one kind of separator.
inline constexpr validation::Rule<validation::IsMacAddress> is_mac_address{};
/// The text of a port number, 0 to 65535.
inline constexpr validation::Rule<validation::IsPort> is_port{};

}  // namespace roost
