#include "users/users.service.hpp"

#include "common/pages.hpp"
#include "common/query_words.hpp"
#include <roost/sql/errors.hpp>

#include <algorithm>
#include <optional>

using roost::f;
using roost::order_by;
using roost::populate;
using roost::Task;
using roost::orm::EntityManager;

namespace {

[[noreturn]] void throw_not_found(std::int64_t id) {
  throw roost::NotFoundException("User #" + std::to_string(id) + " not found");
}

[[noreturn]] void throw_email_taken() {
  throw roost::ConflictException("A user with this email already exists");
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
  const auto edit = [&](User& user) {
    user.email = dto.email;
    user.name = dto.name;
    // The old profile is an orphan: the flush deletes it before it inserts the new one.
    user.profile = nullptr;
    if (dto.profile) user.profile = em_.create<Profile>(profile_of(*dto.profile));
  };
  co_return co_await change_locked(id, edit);
}

Task<const User&> UsersService::update(std::int64_t id, const UpdateUser& patch) {
  const auto edit = [&](User& user) {
    if (patch.has<&UserBody<UpdateProfile>::email>()) user.email = patch.email;
    if (patch.has<&UserBody<UpdateProfile>::name>()) user.name = patch.name;
    if (!patch.has<&UserBody<UpdateProfile>::profile>()) return;
    if (!patch.profile) {
      user.profile = nullptr;
      return;
    }
    if (!user.profile) user.profile = em_.create<Profile>({});
    change(*user.profile, *patch.profile);
  };
  co_return co_await change_locked(id, edit);
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
  const auto edit = [&](User& user) { user.profile = em_.create<Profile>(profile_of(dto)); };
  const User& user = co_await change_locked(id, edit);
  co_return *user.profile;
}

Task<void> UsersService::remove_profile(std::int64_t id) {
  const auto edit = [&](User& user) {
    if (!user.profile) {
      throw roost::NotFoundException("User #" + std::to_string(id) + " has no profile");
    }
    user.profile = nullptr;
  };
  (void)co_await change_locked(id, edit);
}

Task<std::vector<const User*>> UsersService::swap_profiles(std::int64_t id, std::int64_t other_id) {
  if (id == other_id) {
    throw roost::BadRequestException("A user cannot swap profiles with themselves");
  }
  for (const std::int64_t wanted : {id, other_id}) {
    const auto users = co_await em_.count<User>(f<&User::id> == wanted);
    if (users == 0) throw_not_found(wanted);
  }
  std::vector<const User*> both;
  co_await em_.transactional([&](EntityManager& em) -> Task<void> {
    // Locked in this order always: two swaps of the same users must not wait for each other.
    (void)co_await locked(std::min(id, other_id));
    (void)co_await locked(std::max(id, other_id));
    User& user = co_await at(id);
    User& other = co_await at(other_id);
    std::optional<CreateProfile> of_user;
    std::optional<CreateProfile> of_other;
    if (user.profile) of_user = CreateProfile{user.profile->bio, *user.profile->socials};
    if (other.profile) of_other = CreateProfile{other.profile->bio, *other.profile->socials};
    user.profile = nullptr;
    other.profile = nullptr;
    if (of_other) user.profile = em.create<Profile>(profile_of(*of_other));
    if (of_user) other.profile = em.create<Profile>(profile_of(*of_user));
    both = {&user, &other};
  });
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
    throw_email_taken();
  }
}

/// In a transaction that has locked the row: changes of one user's profile come one after the
/// other.
Task<const User&> UsersService::change_locked(std::int64_t id,
                                              const std::function<void(User&)>& edit) {
  User* changed = nullptr;
  try {
    co_await em_.transactional([&](EntityManager&) -> Task<void> {
      User& user = co_await locked(id);
      edit(user);
      changed = &user;
    });
  } catch (const roost::db::UniqueViolation&) {
    throw_email_taken();
  }
  co_return co_await with_profile(*changed);
}

Task<User&> UsersService::locked(std::int64_t id) {
  User* user = co_await em_.find_one<User>(id, roost::orm::LockMode::for_update);
  if (user == nullptr) throw_not_found(id);
  co_await em_.populate(*user, populate<&User::profile>());
  co_return *user;
}
