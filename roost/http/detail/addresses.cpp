#include <roost/base/error.hpp>
#include <roost/http/detail/addresses.hpp>
#include <roost/http/request.hpp>

#include <algorithm>
#include <arpa/inet.h>
#include <charconv>
#include <cstring>
#include <utility>

namespace roost::http::detail {

namespace {

constexpr std::array<std::uint8_t, 12> v4_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

IpAddress network_of(IpAddress address) {
  if (!address.is_v4()) std::fill(address.bytes.begin() + 8, address.bytes.end(), std::uint8_t{0});
  return address;
}

/// "192.0.2.1:4711", "[2001:db8::1]:4711", in quotes or without a port, as the bare address.
std::string_view bare_address(std::string_view text) {
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
    text = text.substr(1, text.size() - 2);
  }
  if (text.starts_with('[')) return text.substr(1, std::min(text.find(']'), text.size()) - 1);
  const auto colon = text.find(':');
  const bool has_port = colon != std::string_view::npos && text.find(':', colon + 1) == text.npos;
  return has_port ? text.substr(0, colon) : text;
}

/// The value of `name` in one element of a Forwarded header: `for=192.0.2.1;proto=https`.
std::string_view parameter_of(std::string_view element, std::string_view name) {
  while (!element.empty()) {
    const auto end = std::min(element.find(';'), element.size());
    const std::string_view pair = trimmed(element.substr(0, end));
    const auto equals = pair.find('=');
    if (equals != std::string_view::npos && equal_ignoring_case(pair.substr(0, equals), name)) {
      return pair.substr(equals + 1);
    }
    element.remove_prefix(std::min(end + 1, element.size()));
  }
  return {};
}

/// The elements of all fields called `name`, the last one first.
std::vector<std::string_view> elements_from_last(const Request& request, std::string_view name) {
  std::vector<std::string_view> elements;
  for (const Field& field : request.headers()) {
    if (!equal_ignoring_case(field.name, name)) continue;
    std::string_view rest = field.value;
    while (!rest.empty()) {
      const auto end = std::min(rest.find(','), rest.size());
      elements.push_back(trimmed(rest.substr(0, end)));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  std::reverse(elements.begin(), elements.end());
  return elements;
}

}  // namespace

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  std::array<char, INET6_ADDRSTRLEN> copy{};
  if (text.empty() || text.size() >= copy.size()) return std::nullopt;
  std::memcpy(copy.data(), text.data(), text.size());
  IpAddress address;
  if (inet_pton(AF_INET6, copy.data(), address.bytes.data()) == 1) return address;
  std::copy(v4_prefix.begin(), v4_prefix.end(), address.bytes.begin());
  if (inet_pton(AF_INET, copy.data(), address.bytes.data() + v4_prefix.size()) == 1) return address;
  return std::nullopt;
}

bool IpAddress::is_v4() const {
  return std::equal(v4_prefix.begin(), v4_prefix.end(), bytes.begin());
}

bool IpAddress::is_loopback() const {
  if (is_v4()) return bytes[12] == 127;
  return bytes[15] == 1 &&
         std::all_of(bytes.begin(), bytes.end() - 1, [](auto b) { return b == 0; });
}

AddressRange AddressRange::parse(std::string_view text) {
  const auto slash = text.find('/');
  const auto first = IpAddress::parse(text.substr(0, slash));
  AddressRange range;
  if (first) range.first = *first;
  const unsigned most = first && first->is_v4() ? 32 : 128;
  unsigned bits = most;
  if (slash != std::string_view::npos) {
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data() + slash + 1, end, bits);
    if (error != std::errc{} || stop != end) bits = most + 1;
  }
  if (!first || bits > most) {
    throw Error("Server: the trusted proxy \"" + std::string(text) +
                "\" is no address; write it as in 10.0.0.0/8 or ::1");
  }
  range.bits = bits + (128 - most);
  return range;
}

bool AddressRange::contains(const IpAddress& address) const {
  const unsigned whole = bits / 8;
  if (std::memcmp(first.bytes.data(), address.bytes.data(), whole) != 0) return false;
  const unsigned rest = bits % 8;
  if (rest == 0) return true;
  const auto mask = static_cast<std::uint8_t>(0xff00U >> rest);
  return (first.bytes[whole] & mask) == (address.bytes[whole] & mask);
}

AddressRanges::AddressRanges(const std::vector<std::string>& texts) {
  for (const std::string& text : texts) ranges_.push_back(AddressRange::parse(text));
}

bool AddressRanges::contains(const IpAddress& address) const {
  return std::any_of(ranges_.begin(), ranges_.end(),
                     [&](const AddressRange& range) { return range.contains(address); });
}

bool AddressRanges::contains(std::string_view address) const {
  if (ranges_.empty()) return false;
  const auto parsed = IpAddress::parse(address);
  return parsed && contains(*parsed);
}

bool AddressCounts::enter(const IpAddress& address, std::size_t limit) {
  const std::lock_guard lock{mutex_};
  std::size_t& count = counts_[network_of(address)];
  if (count >= limit) return false;
  ++count;
  return true;
}

void AddressCounts::leave(const IpAddress& address) {
  const std::lock_guard lock{mutex_};
  const auto found = counts_.find(network_of(address));
  if (found != counts_.end() && --found->second == 0) counts_.erase(found);
}

ForwardedClient forwarded_client(const Request& request, const AddressRanges& trusted,
                                 ForwardedHeader header) {
  // Only what the nearest proxies added can be believed: read from the end, up to the first address
  // that is none of them.
  const bool standard = header == ForwardedHeader::forwarded;
  ForwardedClient client;
  bool first = true;
  for (const std::string_view element :
       elements_from_last(request, standard ? "Forwarded" : "X-Forwarded-For")) {
    if (standard && std::exchange(first, false)) {
      client.secure = equal_ignoring_case(parameter_of(element, "proto"), "https");
    }
    const std::string_view text = bare_address(standard ? parameter_of(element, "for") : element);
    const auto address = IpAddress::parse(text);
    if (!address) break;
    client.address = text;
    if (!trusted.contains(*address)) break;
  }
  if (!standard) {
    const auto protocols = elements_from_last(request, "X-Forwarded-Proto");
    client.secure = !protocols.empty() && equal_ignoring_case(protocols.front(), "https");
  }
  return client;
}

}  // namespace roost::http::detail
