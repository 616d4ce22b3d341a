// PRIVATE: IP addresses: ranges that are trusted, connections counted per client, and who the
// client is behind proxies.
#pragma once

#include <roost/http/server.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace roost::http {
class Request;
}

namespace roost::http::detail {

/// An address of either family; those of version 4 as ::ffff:a.b.c.d.
struct IpAddress {
  std::array<std::uint8_t, 16> bytes{};

  [[nodiscard]] static std::optional<IpAddress> parse(std::string_view text);
  [[nodiscard]] bool is_v4() const;
  [[nodiscard]] bool is_loopback() const;
  friend bool operator==(const IpAddress&, const IpAddress&) = default;
  friend auto operator<=>(const IpAddress&, const IpAddress&) = default;
};

/// "10.0.0.0/8", "::1".
struct AddressRange {
  IpAddress first;
  unsigned bits = 128;

  /// Throws roost::Error for anything else.
  [[nodiscard]] static AddressRange parse(std::string_view text);
  [[nodiscard]] bool contains(const IpAddress& address) const;
};

class AddressRanges {
 public:
  explicit AddressRanges(const std::vector<std::string>& texts);
  [[nodiscard]] bool contains(const IpAddress& address) const;
  [[nodiscard]] bool contains(std::string_view address) const;

 private:
  std::vector<AddressRange> ranges_;
};

/// How many connections each client has; a network of version 6 (/64) counts as one. Any thread.
class AddressCounts {
 public:
  /// False when there are `limit` already.
  bool enter(const IpAddress& address, std::size_t limit);
  void leave(const IpAddress& address);

 private:
  std::mutex mutex_;
  std::map<IpAddress, std::size_t> counts_;
};

/// What trusted proxies say of a request that came from one of them.
struct ForwardedClient {
  std::string_view address;  // empty: nothing usable was said
  bool secure = false;
};
[[nodiscard]] ForwardedClient forwarded_client(const Request& request, const AddressRanges& trusted,
                                               ForwardedHeader header);

}  // namespace roost::http::detail
