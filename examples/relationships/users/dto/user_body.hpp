// What a client sends to create, replace or change a user and the profile.
#pragma once

#include "users/socials.hpp"
#include <roost/roost.hpp>

#include <cstdint>
#include <optional>
#include <string>

struct CreateProfile {
  std::optional<std::string> bio;
  Socials socials;

  static constexpr auto meta =
      roost::meta(roost::field<&CreateProfile::bio>(roost::max_length(500)),
                  roost::field<&CreateProfile::socials>(roost::optional, roost::is_object));
};

using UpdateProfile = roost::Partial<CreateProfile>;

/// With a profile, or with what changes in it.
template <class ProfileBody>
struct UserBody {
  std::string email;
  std::string name;
  std::optional<ProfileBody> profile;

  static constexpr auto meta = roost::meta(roost::field<&UserBody::email>(roost::is_email),
                                           roost::field<&UserBody::name>(roost::length(1, 100)),
                                           roost::field<&UserBody::profile>(roost::is_object));
};

using CreateUser = UserBody<CreateProfile>;
using UpdateUser = roost::Partial<UserBody<UpdateProfile>>;

struct SwapProfiles {
  std::int64_t user_id;

  static constexpr auto meta =
      roost::meta(roost::field<&SwapProfiles::user_id>(roost::json_name("userId"), roost::min(1)));
};
