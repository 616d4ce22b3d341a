// Fuzzer: any bytes to the rules for texts.
#include <roost/validation/fuzz/rules.hpp>
#include <roost/validation/rules.hpp>

using namespace roost;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return validation::fuzz::check_all(
      data, size, length(2, 5), min_length(3), max_length(4), byte_length(1, 9), contains("a"),
      not_contains("b"), matches("^(?=.*[A-Z])(?=.*\\d).{6,}$"), matches("^(a|b)+\\1$"),
      matches("(x*)*y\\1", "im"), is_ascii, is_lowercase, is_uppercase, is_alpha("de-DE"),
      is_alpha("el-GR"), is_alphanumeric(), is_alphanumeric("ar"), is_strong_password,
      is_strong_password({.min_length = 12, .min_symbols = 3}));
}
