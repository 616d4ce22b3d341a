// The users and their profiles.
#pragma once

#include "events/event.hpp"
#include "users/dto/list_users.hpp"
#include "users/dto/user_body.hpp"
#include "users/user.hpp"
#include <roost/orm/entity_manager.hpp>
#include <roost/roost.hpp>

#include <cstdint>
#include <functional>
#include <vector>

class UsersService {
 public:
  using scope = roost::request_scoped;
  explicit UsersService(roost::orm::EntityManager& em) : em_{em} {}

  roost::Task<roost::Page<const User*>> find_all(const ListUsers& query);
  /// Throws NotFoundException, like everything below that takes an id.
  roost::Task<const User&> find_one(std::int64_t id, const PopulateUser& query);
  /// Those for which the user is registered.
  roost::Task<std::vector<const Event*>> events(std::int64_t id);
  /// A taken email is a ConflictException, here and below.
  roost::Task<const User&> create(const CreateUser& dto);
  /// The profile is a new one, or none.
  roost::Task<const User&> replace(std::int64_t id, const CreateUser& dto);
  /// Changes the profile that is there.
  roost::Task<const User&> update(std::int64_t id, const UpdateUser& patch);
  /// A user who has registrations stays: ConflictException.
  roost::Task<void> remove(std::int64_t id);
  roost::Task<const Profile&> replace_profile(std::int64_t id, const CreateProfile& dto);
  roost::Task<void> remove_profile(std::int64_t id);
  /// The two users, each with a new profile that says what the other's said.
  roost::Task<std::vector<const User*>> swap_profiles(std::int64_t id, std::int64_t other_id);

 private:
  roost::Task<User&> at(std::int64_t id);
  roost::Task<const User&> with_profile(const User& user);
  roost::Task<void> flush();
  roost::Task<const User&> change_locked(std::int64_t id, const std::function<void(User&)>& edit);
  roost::Task<User&> locked(std::int64_t id);

  roost::orm::EntityManager& em_;
};
