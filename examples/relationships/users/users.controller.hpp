// HTTP for users and their profiles: paths, parameters and statuses; everything else is the
// service's.
#pragma once

#include "events/event.hpp"
#include "users/dto/list_users.hpp"
#include "users/dto/user_body.hpp"
#include "users/user.hpp"
#include <roost/roost.hpp>

#include <cstdint>
#include <vector>

class UsersService;

class UsersController {
  static constexpr auto not_found =
      roost::throws<roost::NotFoundException>("There is no such user, or it has no profile");
  static constexpr auto taken =
      roost::throws<roost::ConflictException>("Another user has this email");
  static constexpr auto in_use =
      roost::throws<roost::ConflictException>("The user has registrations");

 public:
  explicit UsersController(UsersService& users) : users_{users} {}

  roost::Task<roost::Page<const User*>> find_all(roost::Query<ListUsers> query);
  roost::Task<const User&> find_one(roost::Param<"id", std::int64_t> id,
                                    roost::Query<PopulateUser> query);
  roost::Task<std::vector<const Event*>> events(roost::Param<"id", std::int64_t> id);
  roost::Task<const User&> create(roost::Body<CreateUser> dto);
  roost::Task<const User&> replace(roost::Param<"id", std::int64_t> id,
                                   roost::Body<CreateUser> dto);
  roost::Task<const User&> update(roost::Param<"id", std::int64_t> id,
                                  roost::Body<UpdateUser> patch);
  roost::Task<void> remove(roost::Param<"id", std::int64_t> id);
  roost::Task<const Profile&> replace_profile(roost::Param<"id", std::int64_t> id,
                                              roost::Body<CreateProfile> dto);
  roost::Task<void> remove_profile(roost::Param<"id", std::int64_t> id);
  roost::Task<std::vector<const User*>> swap_profiles(roost::Param<"id", std::int64_t> id,
                                                      roost::Body<SwapProfiles> dto);

  static constexpr auto routes = roost::controller(
      "users", roost::get<&UsersController::find_all>(),
      roost::get<&UsersController::find_one>(":id", not_found),
      roost::get<&UsersController::events>(":id/events", not_found),
      roost::post<&UsersController::create>(taken),
      roost::put<&UsersController::replace>(":id", not_found, taken),
      roost::patch<&UsersController::update>(":id", not_found, taken),
      roost::del<&UsersController::remove>(":id", roost::http_code(204), not_found, in_use),
      roost::put<&UsersController::replace_profile>(":id/profile", not_found),
      roost::del<&UsersController::remove_profile>(":id/profile", roost::http_code(204), not_found),
      roost::post<&UsersController::swap_profiles>(":id/profile/swap", roost::http_code(200),
                                                   not_found));

 private:
  UsersService& users_;
};
