// The queries of users.
#pragma once

#include "common/paging.hpp"
#include <roost/roost.hpp>

#include <optional>
#include <string>
#include <vector>

struct PopulateUser {
  std::optional<std::vector<std::string>> populate;

  static constexpr auto meta = roost::meta(roost::field<&PopulateUser::populate>(
      roost::each(roost::one_of("profile", "registrations", "registrations.event"))));
};

struct FilterUsers {
  std::optional<std::vector<std::string>> sort;
  std::optional<std::string> q;
  std::optional<std::string> email;

  static constexpr auto meta =
      roost::meta(roost::field<&FilterUsers::sort>(
                      roost::each(roost::one_of("id", "-id", "name", "-name", "email", "-email"))),
                  roost::field<&FilterUsers::email>(roost::is_email));
};

using ListUsers = roost::Intersection<Paging, PopulateUser, FilterUsers>;
