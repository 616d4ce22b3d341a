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
      roost::get<&UsersController::find_one>(":id"),
      roost::get<&UsersController::events>(":id/events"), roost::post<&UsersController::create>(),
      roost::put<&UsersController::replace>(":id"), roost::patch<&UsersController::update>(":id"),
      roost::del<&UsersController::remove>(":id", roost::http_code(204)),
      roost::put<&UsersController::replace_profile>(":id/profile"),
      roost::del<&UsersController::remove_profile>(":id/profile", roost::http_code(204)),
      roost::post<&UsersController::swap_profiles>(":id/profile/swap", roost::http_code(200)));

 private:
  UsersService& users_;
};
