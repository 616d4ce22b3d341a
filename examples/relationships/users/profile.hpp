// What a user says about himself: one row for each user who says anything.
#pragma once

#include "users/socials.hpp"
#include <roost/orm/entity_manager.hpp>
#include <roost/roost.hpp>

#include <cstdint>
#include <optional>
#include <string>

struct User;

struct Profile {
  std::int64_t id = 0;
  roost::Ref<User> user{};
  std::optional<std::string> bio{};
  roost::orm::Json<Socials> socials{};

  static constexpr auto meta = roost::orm::entity("profiles", roost::primary_key<&Profile::id>(),
                                                  roost::one_to_one<&Profile::user>(),
                                                  roost::field<&Profile::bio>(roost::write_null));
};
