// Fuzz target: query strings, against a second way to take them apart, and back again.
#include <roost/http/detail/percent.hpp>
#include <roost/http/detail/utf8.hpp>
#include <roost/http/request.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace roost::http;
using Pairs = std::vector<std::pair<std::string, std::string>>;

void require(bool holds) {
  if (!holds) std::abort();
}

std::string decoded(std::string_view text) {
  std::string out;
  detail::decode_component(text, true, out);
  return out;
}

Pairs by_hand(const std::string& query) {
  Pairs pairs;
  std::string name;
  std::string value;
  bool in_value = false;
  bool any = false;
  for (std::size_t i = 0; i <= query.size(); ++i) {
    if (i == query.size() || query[i] == '&') {
      if (any) pairs.emplace_back(decoded(name), decoded(value));
      name.clear();
      value.clear();
      in_value = any = false;
      continue;
    }
    any = true;
    if (query[i] == '=' && !in_value) {
      in_value = true;
    } else {
      (in_value ? value : name) += query[i];
    }
  }
  return pairs;
}

Pairs by_request(const std::string& target) {
  Request request;
  Pairs pairs;
  if (!request.assign_target(target)) return pairs;
  for (const Field& field : request.query_parameters()) {
    require(detail::is_valid_utf8(field.name) && detail::is_valid_utf8(field.value));
    pairs.emplace_back(field.name, field.value);
    require(request.query_parameter(field.name).has_value());
  }
  return pairs;
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    out += '%';
    out += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4U];
    out += "0123456789ABCDEF"[static_cast<unsigned char>(c) & 0xfU];
  }
  return out;
}

}  // namespace

// The name is libFuzzer's.
// NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 4096) return 0;
  // What can stand in a target at all; the parser refuses the rest.
  std::string query;
  for (std::size_t i = 0; i < size; ++i) {
    const auto c = static_cast<char>(data[i]);
    if (c > 0x20 && c < 0x7f && c != '#') query += c;
  }
  const std::string target = "/?" + query;
  Request request;
  require(request.assign_target(target) && request.query() == query);
  const Pairs pairs = by_request(target);
  require(pairs == by_hand(query));
  std::string again = "/?";
  for (const auto& [name, value] : pairs) again += escaped(name) + "=" + escaped(value) + "&";
  require(by_request(again) == pairs);
  return 0;
}
