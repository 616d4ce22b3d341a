// Fuzzer: any bytes to the rules for dates as texts.
#include <roost/validation/fuzz/rules.hpp>
#include <roost/validation/rules.hpp>

using namespace roost;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return validation::fuzz::check_all(data, size, is_iso8601,
                                     is_iso8601({.strict = true, .strict_separator = true}),
                                     is_date_string, is_rfc3339, is_military_time, is_time_zone);
}
