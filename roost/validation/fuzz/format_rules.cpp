// Fuzzer: any bytes to the rules for formats.
#include <roost/validation/fuzz/rules.hpp>
#include <roost/validation/rules.hpp>

using namespace roost;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return validation::fuzz::check_all(
      data, size, is_uuid(), is_json, is_jwt, is_base32, is_base58, is_base64,
      is_base64({.url_safe = true, .padding = 1}), is_uuid(4, "nil"), is_data_uri, is_mime_type,
      is_semver, is_locale, is_mongo_id, is_hash("md5"), is_hex_color, is_hexadecimal, is_octal,
      is_hsl, is_rgb_color, is_magnet_uri, is_firebase_push_id, is_boolean_string, is_number_string,
      is_number_string({.no_symbols = true}), is_decimal,
      is_decimal({.force_decimal = true, .max_digits = 2, .locale = "de-DE"}), is_full_width,
      is_half_width, is_variable_width, is_multibyte, is_surrogate_pair);
}
