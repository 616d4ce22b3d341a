#include "users/users.controller.hpp"

#include "users/users.service.hpp"

using roost::Body;
using roost::Param;
using roost::Query;
using roost::Task;

Task<roost::Page<const User*>> UsersController::find_all(Query<ListUsers> query) {
  co_return co_await users_.find_all(*query);
}

Task<const User&> UsersController::find_one(Param<"id", std::int64_t> id,
                                            Query<PopulateUser> query) {
  co_return co_await users_.find_one(id, *query);
}

Task<std::vector<const Event*>> UsersController::events(Param<"id", std::int64_t> id) {
  return users_.events(id);
}

Task<const User&> UsersController::create(Body<CreateUser> dto) {
  co_return co_await users_.create(*dto);
}

Task<const User&> UsersController::replace(Param<"id", std::int64_t> id, Body<CreateUser> dto) {
  co_return co_await users_.replace(id, *dto);
}

Task<const User&> UsersController::update(Param<"id", std::int64_t> id, Body<UpdateUser> patch) {
  co_return co_await users_.update(id, *patch);
}

Task<void> UsersController::remove(Param<"id", std::int64_t> id) { return users_.remove(id); }

Task<const Profile&> UsersController::replace_profile(Param<"id", std::int64_t> id,
                                                      Body<CreateProfile> dto) {
  co_return co_await users_.replace_profile(id, *dto);
}

Task<void> UsersController::remove_profile(Param<"id", std::int64_t> id) {
  return users_.remove_profile(id);
}

Task<std::vector<const User*>> UsersController::swap_profiles(Param<"id", std::int64_t> id,
                                                              Body<SwapProfiles> dto) {
  return users_.swap_profiles(id, dto->user_id);
}
