// Where a user is found elsewhere: a JSON column of the profile.
#pragma once

#include "common/web_address.hpp"
#include <roost/roost.hpp>

#include <optional>
#include <string>

struct Socials {
  std::optional<std::string> github;
  std::optional<std::string> mastodon;
  std::optional<std::string> website;

  static constexpr auto meta =
      roost::meta(roost::field<&Socials::github>(roost::not_null, roost::length(1, 39)),
                  roost::field<&Socials::mastodon>(roost::not_null, roost::length(1, 100)),
                  roost::field<&Socials::website>(roost::not_null, is_web_address));
  bool operator==(const Socials&) const = default;
};
