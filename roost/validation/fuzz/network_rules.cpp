// Fuzzer: any bytes to the rules for addresses.
#include <roost/validation/fuzz/rules.hpp>
#include <roost/validation/rules.hpp>

using namespace roost;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return validation::fuzz::check_all(
      data, size, is_email,
      is_email({.allow_display_name = true,
                .require_tld = false,
                .ignore_max_length = true,
                .allow_ip_domain = true,
                .domain_specific_validation = true}),
      is_email({.require_display_name = true, .host_blacklist = {"evil.com", "/^x+$/"}}), is_url,
      is_url({.require_tld = false, .require_host = false, .allow_protocol_relative_urls = true}),
      is_url({.require_valid_protocol = false, .host_whitelist = {"example.com", "/a.*b/"}}),
      is_fqdn,
      is_fqdn({.allow_trailing_dot = true, .allow_numeric_tld = true, .allow_wildcard = true}),
      is_ip(), is_ip(4), is_ip(6), is_mac_address,
      is_mac_address({.no_separators = true, .eui = 64}), is_port);
}
