// IPv4 and IPv6 addresses as texts.
#include <roost/validation/detail/text.hpp>
#include <roost/validation/rules/network_rules.hpp>

namespace roost::validation {

namespace {

using namespace detail;

bool is_ipv4(std::string_view text) {
  int parts = 0;
  const bool good = split(text, '.', [&](std::string_view part) {
    ++parts;
    if (part.size() > 1 && part.front() == '0') return false;
    const auto value = part.size() <= 3 ? read_digits(part) : -1;
    return value >= 0 && value <= 255;
  });
  return good && parts == 4;
}

/// Counts the groups of one side of "::"; −1 when something else is there. An IPv4 tail counts two.
int count_groups(std::string_view text, bool may_end_in_ipv4) {
  if (text.empty()) return 0;
  int groups = 0;
  std::size_t seen = 0;
  const bool good = split(text, ':', [&](std::string_view group) {
    seen += group.size() + 1;
    const bool last = seen > text.size();
    if (last && may_end_in_ipv4 && group.find('.') != std::string_view::npos) {
      groups += 2;
      return is_ipv4(group);
    }
    ++groups;
    return group.size() <= 4 && all_of(group, is_hex);
  });
  return good ? groups : -1;
}

bool is_ipv6(std::string_view text) {
  const auto zone = text.find('%');
  if (zone != std::string_view::npos) {
    const bool good = all_of(text.substr(zone + 1),
                             [](char c) { return is_alphanumeric(c) || c == '.' || c == '-'; });
    if (!good) return false;
    text = text.substr(0, zone);
  }
  const auto gap = text.find("::");
  if (gap == std::string_view::npos) return count_groups(text, true) == 8;
  const int before = count_groups(text.substr(0, gap), false);
  const int after = count_groups(text.substr(gap + 2), true);
  return before >= 0 && after >= 0 && before + after <= 7;
}

}  // namespace

bool matches_ip(std::string_view text, int version) {
  if (version == 4) return is_ipv4(text);
  if (version == 6) return is_ipv6(text);
  return version == 0 && (is_ipv4(text) || is_ipv6(text));
}

}  // namespace roost::validation
