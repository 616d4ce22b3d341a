// Fuzzer: any bytes to the rules for addresses.
#include <roost/validation/fuzz/rules.hpp>
#include <roost/validation/rules.hpp>

using namespace roost;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return validation::fuzz::check_all(data, size, is_email, is_url, is_fqdn, is_ip(), is_mac_address,
                                     is_port);
}
