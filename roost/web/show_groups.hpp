// Which groups of members a route, or one request, shows.
#pragma once

#include <roost/json/groups.hpp>

#include <string_view>

namespace roost {

/// What show_groups() makes; a guard may leave one in the execution context, which then counts
/// instead of the route's: `context.emplace<ShownGroups>(show_groups("admin"))`.
struct ShownGroups {
  Groups groups;
};

/// Annotation of a route or controller: members of these groups are in its answers.
template <class... Text>
constexpr ShownGroups show_groups(std::string_view first, const Text&... more) {
  return {groups(first, more...).groups};
}

}  // namespace roost
