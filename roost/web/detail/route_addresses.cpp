#include <roost/base/error.hpp>
#include <roost/http/fields.hpp>
#include <roost/http/request.hpp>
#include <roost/web/detail/route_addresses.hpp>

#include <algorithm>

namespace roost::web {

namespace {

/// Takes the text up to `separator`, or all of it, off the front.
std::string_view take(std::string_view& text, char separator) {
  const auto end = std::min(text.find(separator), text.size());
  const std::string_view taken = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return taken;
}

/// The first parameter of this name in "application/json;v=2, text/html".
std::string_view parameter_of(std::string_view accepted, std::string_view name) {
  while (!accepted.empty()) {
    std::string_view range = take(accepted, ',');
    take(range, ';');
    while (!range.empty()) {
      std::string_view value = take(range, ';');
      const std::string_view key = http::trimmed(take(value, '='));
      if (!http::equal_ignoring_case(key, name)) continue;
      value = http::trimmed(value);
      const bool quoted = value.size() >= 2 && value.front() == '"' && value.back() == '"';
      return quoted ? value.substr(1, value.size() - 2) : value;
    }
  }
  return {};
}

}  // namespace

RouteAddresses::RouteAddresses(std::optional<GlobalPrefix> prefix,
                               std::optional<Versioning> versioning,
                               std::vector<std::string>& problems)
    : prefix_{std::move(prefix)}, versioning_{std::move(versioning)} {
  if (versioning_ && !versioning_->default_version().empty()) {
    try {
      default_ = RouteVersions{}.with(versioning_->default_version());
    } catch (const char* problem) {
      problems.push_back("Versioning::default_version: " + std::string(problem));
    }
  }
  if (!prefix_) return;
  for (const GlobalPrefix::Exception& exception : prefix_->exceptions()) {
    try {
      const std::string pattern = join_path({}, exception.pattern);
      if (exception.method) {
        exceptions_.add(*exception.method, pattern, "GlobalPrefix");
      } else {
        exceptions_.add_any(pattern, "GlobalPrefix");
      }
    } catch (const Error& error) {
      problems.emplace_back(error.what());
    }
  }
}

/// Patterns are matched with the path as the controller wrote it: ":id" is a segment like others.
bool RouteAddresses::is_excepted(const RouteDescriptor& route) const {
  http::RouteMatch match;
  exceptions_.match(route.method, route.path, match);
  return match.kind == http::RouteMatch::Kind::found;
}

const RouteDescriptor* RouteAddresses::add(const RouteDescriptor& route, std::string path,
                                           const RouteVersions& versions) {
  RouteDescriptor& changed = owned_.emplace_back(route);
  changed.path = std::move(path);
  if (!selects() || versions.size() == 0) return &changed;
  VersionRequirement& required = changed.required_version;
  required.header = deciding_header();
  if (versioning_->place() == Versioning::Place::media_type) {
    required.parameter = versioning_->name();
  }
  required.neutral = versions.is_neutral();
  for (std::size_t i = 0; i < versions.size(); ++i) {
    required.versions.emplace_back(versions[i]);
    if (std::find(versions_.begin(), versions_.end(), versions[i]) == versions_.end()) {
      versions_.emplace_back(versions[i]);
    }
  }
  return &changed;
}

std::vector<const RouteDescriptor*> RouteAddresses::of(const RouteDescriptor& route) {
  const std::string_view prefix =
      prefix_ && !is_excepted(route) ? std::string_view{prefix_->path()} : std::string_view{};
  const RouteVersions versions = !versioning_                ? RouteVersions{}
                                 : route.versions != nullptr ? *route.versions
                                                             : default_;
  if (versions.size() == 0 && prefix.empty()) return {&route};
  const bool in_path = versioning_ && versioning_->place() == Versioning::Place::uri;
  std::vector<const RouteDescriptor*> all;
  if (!in_path || versions.size() == 0 || versions.is_neutral()) {
    all.push_back(add(route, join_path(prefix, route.path), versions));
  }
  for (std::size_t i = 0; in_path && i < versions.size(); ++i) {
    std::string front = std::string(prefix) + "/" + versioning_->name();
    front += versions[i];
    all.push_back(add(route, join_path(front, route.path), versions));
  }
  return all;
}

std::string_view RouteAddresses::wanted(const http::Request& request) const {
  switch (versioning_->place()) {
    case Versioning::Place::header:
      return http::trimmed(request.header(versioning_->name()).value_or(std::string_view{}));
    case Versioning::Place::media_type:
      return parameter_of(request.header("Accept").value_or(std::string_view{}),
                          versioning_->name());
    case Versioning::Place::custom:
      return versioning_->reader()(request);
    case Versioning::Place::uri:
      break;
  }
  return {};
}

std::string_view RouteAddresses::deciding_header() const {
  switch (versioning_->place()) {
    case Versioning::Place::header:
      return versioning_->name();
    case Versioning::Place::media_type:
      return "Accept";
    default:
      return {};
  }
}

}  // namespace roost::web
