// PRIVATE: where an application answers its routes: global prefix and versions.
#pragma once

#include <roost/http/router.hpp>
#include <roost/web/global_prefix.hpp>
#include <roost/web/route_descriptor.hpp>
#include <roost/web/versioning.hpp>

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace roost::web {

/// Gives routes the paths and versions of an application. Owns what differs from what controllers
/// say. Not thread-safe while routes are added; the results live as long as this.
class RouteAddresses {
 public:
  RouteAddresses(std::optional<GlobalPrefix> prefix, std::optional<Versioning> versioning,
                 std::vector<std::string>& problems);

  /// The route under each of its addresses, the given one where nothing changes.
  [[nodiscard]] std::vector<const RouteDescriptor*> of(const RouteDescriptor& route);

  /// Routes with the same path are told apart by something else than the path.
  [[nodiscard]] bool selects() const {
    return versioning_ && versioning_->place() != Versioning::Place::uri;
  }
  /// The versions that routes have, in the order of their appearance; only where selects().
  [[nodiscard]] const std::vector<std::string>& versions() const { return versions_; }
  /// What a request asks for; empty for nothing. Only where selects().
  [[nodiscard]] std::string_view wanted(const http::Request& request) const;
  /// The header that decides, for Vary; empty when it is none.
  [[nodiscard]] std::string_view deciding_header() const;

 private:
  [[nodiscard]] bool is_excepted(const RouteDescriptor& route) const;
  const RouteDescriptor* add(const RouteDescriptor& route, std::string path,
                             const RouteVersions& versions);

  std::optional<GlobalPrefix> prefix_;
  std::optional<Versioning> versioning_;
  http::Router exceptions_;
  RouteVersions default_;
  std::vector<std::string> versions_;
  std::deque<RouteDescriptor> owned_;
};

}  // namespace roost::web
