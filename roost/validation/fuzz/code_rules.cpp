// Fuzzer: any bytes to the rules for codes.
#include <roost/validation/fuzz/rules.hpp>
#include <roost/validation/rules.hpp>

using namespace roost;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return validation::fuzz::check_all(
      data, size, is_currency,
      is_currency({.symbol = "€",
                   .symbol_after_digits = true,
                   .parens_for_negatives = true,
                   .thousands_separator = ".",
                   .decimal_separator = ",",
                   .allow_space_after_digits = true}),
      is_iban, is_iban({.blacklist = {"GB"}}), is_bic, is_credit_card, is_isbn(), is_isbn(10),
      is_isbn(13), is_issn, is_issn({.case_sensitive = true, .require_hyphen = true}), is_ean,
      is_isin, is_isrc, is_btc_address, is_ethereum_address, is_phone_number(),
      is_phone_number("DE"), is_lat_long, is_latitude, is_longitude, is_iso31661_alpha2,
      is_iso31661_alpha3, is_iso31661_numeric, is_iso4217_currency_code, is_iso6391);
}
