#include "registrations/registrations.service.hpp"

#include "users/user.hpp"

#include <algorithm>
#include <optional>

using roost::f;
using roost::order_by;
using roost::populate;
using roost::Task;
using roost::orm::EntityManager;

namespace {

[[noreturn]] void throw_not_found(std::string_view what, std::int64_t id) {
  throw roost::NotFoundException(std::string{what} + " #" + std::to_string(id) + " not found");
}

std::string name_of(std::string_view what, std::int64_t id) {
  return std::string{what} + " #" + std::to_string(id);
}

struct SeatSum {
  std::int64_t seats = 0;
};

Registration* find_registration(const std::vector<Registration*>& registrations,
                                std::int64_t user_id) {
  const auto found = std::find_if(registrations.begin(),
                                  registrations.end(),
                                  [&](const Registration* r) { return r->user.key() == user_id; });
  return found == registrations.end() ? nullptr : *found;
}

}  // namespace

Task<std::vector<const Registration*>> RegistrationsService::find_all(std::int64_t event_id) {
  const auto events = co_await em_.count<Event>(f<&Event::id> == event_id);
  if (events == 0) throw_not_found("Event", event_id);
  const auto of_event = f<&Registration::event> == event_id;
  const auto by_id = order_by(roost::asc<&Registration::id>);
  co_return co_await em_.find<const Registration>(of_event, by_id, populate<&Registration::user>());
}

Task<const Registration&> RegistrationsService::create(std::int64_t event_id,
                                                       const CreateRegistration& dto) {
  Registration* made = nullptr;
  co_await em_.transactional([&](EntityManager& em) -> Task<void> {
    Event& event = co_await locked_event(event_id);
    // Shared: who registers may not be deleted meanwhile.
    User* user = co_await em.find_one<User>(dto.user_id, roost::orm::LockMode::for_share);
    if (user == nullptr) throw_not_found("User", dto.user_id);
    const auto same = f<&Registration::event> == event_id && f<&Registration::user> == dto.user_id;
    const auto known = co_await em.count<Registration>(same);
    if (known > 0) {
      throw roost::ConflictException(name_of("User", dto.user_id) + " is already registered for " +
                                     name_of("event", event_id));
    }
    const auto taken = co_await em.execute<SeatSum>(
        roost::sql("select coalesce(sum(seats), 0) as seats from registrations where event_id = {}",
                   event_id));
    const std::int64_t left = std::max<std::int64_t>(0, event.capacity - taken.front().seats);
    if (dto.seats > left) {
      throw roost::ConflictException(name_of("Event", event_id) + " has only " +
                                     std::to_string(left) + " seats left");
    }
    made = &em.create<Registration>({.event = event, .user = *user, .seats = dto.seats});
  });
  co_return *made;
}

Task<const Event&> RegistrationsService::replace(std::int64_t event_id,
                                                 const std::vector<CreateRegistration>& dtos) {
  Event* replaced = nullptr;
  co_await em_.transactional([&](EntityManager& em) -> Task<void> {
    Event& event = co_await locked_event(event_id);
    replaced = &event;
    std::vector<std::int64_t> ids;
    std::int64_t seats = 0;
    for (const CreateRegistration& dto : dtos) {
      ids.push_back(dto.user_id);
      seats += dto.seats;
    }
    const auto users =
        co_await em.find<User>(f<&User::id>.in(ids), roost::orm::LockMode::for_share);
    const auto user_at = [&](std::int64_t id) -> User& {
      for (User* user : users) {
        if (user->id == id) return *user;
      }
      throw_not_found("User", id);
    };
    for (const std::int64_t id : ids) (void)user_at(id);
    if (seats > event.capacity) {
      throw roost::ConflictException(name_of("Event", event_id) + " has only " +
                                     std::to_string(event.capacity) + " seats");
    }
    co_await event.registrations.load();
    const std::vector<Registration*> before = event.registrations.items();
    for (Registration* registration : before) {
      const std::int64_t user_id = registration->user.key();
      if (std::find(ids.begin(), ids.end(), user_id) == ids.end()) {
        event.registrations.remove(*registration);  // an orphan: the flush deletes it
      }
    }
    for (const CreateRegistration& dto : dtos) {
      if (Registration* kept = find_registration(before, dto.user_id)) {
        kept->seats = dto.seats;
      } else {
        event.registrations.add(Registration{.user = user_at(dto.user_id), .seats = dto.seats});
      }
    }
  });
  co_return *replaced;
}

Task<void> RegistrationsService::remove(std::int64_t event_id, std::int64_t registration_id) {
  const auto events = co_await em_.count<Event>(f<&Event::id> == event_id);
  if (events == 0) throw_not_found("Event", event_id);
  const auto condition =
      f<&Registration::id> == registration_id && f<&Registration::event> == event_id;
  Registration* registration = co_await em_.find_one<Registration>(condition);
  if (registration == nullptr) throw_not_found("Registration", registration_id);
  em_.remove(*registration);
  co_await em_.flush();
}

/// With the row locked until the transaction ends.
Task<Event&> RegistrationsService::locked_event(std::int64_t id) {
  Event* event = co_await em_.find_one<Event>(id, roost::orm::LockMode::for_update);
  if (event == nullptr) throw_not_found("Event", id);
  co_return *event;
}
