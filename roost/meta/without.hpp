// without("member", …): parts of an object that are not shown where it is referred to.
#pragma once

#include <cstddef>
#include <string_view>

namespace roost::reflect {

/// `without("member", …)`: members of what the member refers to that are not written here.
struct Without {
  static constexpr std::size_t capacity = 4;

  std::string_view members[capacity];

  [[nodiscard]] constexpr bool names(std::string_view member) const {
    for (const std::string_view name : members) {
      if (name == member && !name.empty()) return true;
    }
    return false;
  }
};

}  // namespace roost::reflect

namespace roost {

/// Beside a reference: where the object that it refers to is written in its place, these members of
/// that object (by their names in C++) are left out:
/// `field<&Registration::user>(without("profile"))`.
template <class... Name>
requires(sizeof...(Name) > 0 &&
         sizeof...(Name) <= reflect::Without::capacity) constexpr reflect::Without
    without(const Name&... names) {
  return {{std::string_view{names}...}};
}

}  // namespace roost
