#include "users/users.service.hpp"

#include "common/pages.hpp"
#include "common/query_words.hpp"
#include <roost/sql/errors.hpp>

using roost::f;
using roost::order_by;
using roost::populate;
using roost::Task;

namespace {

[[noreturn]] void throw_not_found(std::int64_t id) {
  throw roost::NotFoundException("User #" + std::to_string(id) + " not found");
}

const SortWord sort_words[] = {
    {"id", f<&User::id>}, {"name", f<&User::name>}, {"email", f<&User::email>}};
const PopulateWord populate_words[] = {
    {"profile", populate<&User::profile>()},
    {"registrations", populate<&User::registrations>()},
    {"registrations.event", populate<&User::registrations, &Registration::event>()}};

/// What a new profile says.
Profile profile_of(const CreateProfile& dto) {
  Profile profile;
  profile.bio = dto.bio;
  profile.socials = dto.socials;
  return profile;
}

void change(Profile& profile, const UpdateProfile& patch) {
  if (patch.has<&CreateProfile::bio>()) profile.bio = patch.bio;
  if (patch.has<&CreateProfile::socials>()) roost::assign(*profile.socials, patch.socials);
}

}  // namespace

Task<roost::Page<const User*>> UsersService::find_all(const ListUsers& query) {
  roost::orm::FindOptions options;
  if (is_given(query.q)) options.where &= f<&User::name>.icontains(*query.q);
  if (query.email) options.where &= f<&User::email> == *query.email;
  options.add(order_of(query.sort, sort_words, f<&User::id>));
  options.add(paths_of(query.populate, populate_words));
  co_return co_await find_page<const User>(em_, query.page, query.limit, options);
}

Task<const User&> UsersService::find_one(std::int64_t id, const PopulateUser& query) {
  const auto paths = paths_of(query.populate, populate_words);
  const User* user = co_await em_.find_one<const User>(id, paths);
  if (user == nullptr) throw_not_found(id);
  co_return *user;
}

Task<std::vector<const Event*>> UsersService::events(std::int64_t id) {
  (void)co_await at(id);
  const auto registered = f<&Event::registrations>.some(f<&Registration::user> == id);
  const auto by_id = order_by(roost::asc<&Event::id>);
  co_return co_await em_.find<const Event>(registered, by_id);
}

Task<const User&> UsersService::create(const CreateUser& dto) {
  User& user = em_.create<User>({.email = dto.email, .name = dto.name});
  if (dto.profile) user.profile = em_.create<Profile>(profile_of(*dto.profile));
  co_await flush();
  co_return co_await with_profile(user);
}

Task<const User&> UsersService::replace(std::int64_t id, const CreateUser& dto) {
  User& user = co_await at(id);
  user.email = dto.email;
  user.name = dto.name;
  // The old profile is an orphan: the flush deletes it before it inserts the new one.
  user.profile = nullptr;
  if (dto.profile) user.profile = em_.create<Profile>(profile_of(*dto.profile));
  co_await flush();
  co_return co_await with_profile(user);
}

Task<const User&> UsersService::update(std::int64_t id, const UpdateUser& patch) {
  User& user = co_await at(id);
  if (patch.has<&UserBody<UpdateProfile>::email>()) user.email = patch.email;
  if (patch.has<&UserBody<UpdateProfile>::name>()) user.name = patch.name;
  if (patch.has<&UserBody<UpdateProfile>::profile>()) {
    if (!patch.profile) {
      user.profile = nullptr;
    } else {
      if (!user.profile) user.profile = em_.create<Profile>({});
      change(*user.profile, *patch.profile);
    }
  }
  co_await flush();
  co_return co_await with_profile(user);
}

Task<void> UsersService::remove(std::int64_t id) {
  User& user = co_await at(id);
  em_.remove(user);
  try {
    co_await em_.flush();
  } catch (const roost::db::ForeignKeyViolation&) {
    throw roost::ConflictException("User #" + std::to_string(id) + " has registrations");
  }
}

Task<const Profile&> UsersService::replace_profile(std::int64_t id, const CreateProfile& dto) {
  User& user = co_await at(id);
  Profile& profile = em_.create<Profile>(profile_of(dto));
  user.profile = profile;
  co_await em_.flush();
  co_return profile;
}

Task<void> UsersService::remove_profile(std::int64_t id) {
  User& user = co_await at(id);
  if (!user.profile) {
    throw roost::NotFoundException("User #" + std::to_string(id) + " has no profile");
  }
  user.profile = nullptr;
  co_await em_.flush();
}

Task<std::vector<const User*>> UsersService::swap_profiles(std::int64_t id, std::int64_t other_id) {
  if (id == other_id) {
    throw roost::BadRequestException("A user cannot swap profiles with themselves");
  }
  User& user = co_await at(id);
  User& other = co_await at(other_id);
  std::optional<CreateProfile> of_user;
  std::optional<CreateProfile> of_other;
  if (user.profile) of_user = CreateProfile{user.profile->bio, *user.profile->socials};
  if (other.profile) of_other = CreateProfile{other.profile->bio, *other.profile->socials};
  user.profile = nullptr;
  other.profile = nullptr;
  if (of_other) user.profile = em_.create<Profile>(profile_of(*of_other));
  if (of_user) other.profile = em_.create<Profile>(profile_of(*of_user));
  co_await em_.flush();
  const std::vector<const User*> both{&user, &other};
  for (const User* each : both) co_await em_.populate(*each, populate<&User::profile>());
  co_return both;
}

Task<User&> UsersService::at(std::int64_t id) {
  User* user = co_await em_.find_one<User>(id, populate<&User::profile>());
  if (user == nullptr) throw_not_found(id);
  co_return *user;
}

/// The user as clients see it after a change.
Task<const User&> UsersService::with_profile(const User& user) {
  co_await em_.populate(user, populate<&User::profile>());
  co_return user;
}

Task<void> UsersService::flush() {
  try {
    co_await em_.flush();
  } catch (const roost::db::UniqueViolation&) {
    throw roost::ConflictException("A user with this email already exists");
  }
}
