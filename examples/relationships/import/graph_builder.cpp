#include "import/graph_builder.hpp"

#include "events/event_columns.hpp"

#include <algorithm>

namespace {

template <class T>
std::vector<std::int64_t> ids_of(const std::vector<T*>& entities) {
  std::vector<std::int64_t> ids;
  ids.reserve(entities.size());
  for (const T* entity : entities) ids.push_back(entity->id);
  return ids;
}

User* with_email(const std::vector<User*>& users, const std::string& email) {
  const auto found =
      std::find_if(users.begin(), users.end(), [&](const User* u) { return u->email == email; });
  return found == users.end() ? nullptr : *found;
}

}  // namespace

void GraphBuilder::build(const ImportDocument& document) {
  for (const CreateUser& dto : document.users) named_users_.push_back(&make_user(dto));
  for (const ImportVenue& dto : document.venues) named_venues_.push_back(&make_venue(dto));
  for (const ImportEvent& dto : document.events) {
    Event& event = em_.create<Event>({});
    events_.push_back(&event);
    replace_columns(event, dto);
    event.venue = venue_of(dto, document);
    add_tags(event, dto.tags);
    add_registrations(event, dto);
  }
}

ImportResult GraphBuilder::result(const std::vector<Tag*>& new_tags) const {
  ImportResult made;
  made.users = ids_of(users_);
  made.venues = ids_of(venues_);
  made.events = ids_of(events_);
  made.tags = ids_of(new_tags);
  made.registrations = ids_of(registrations_);
  return made;
}

User& GraphBuilder::make_user(const CreateUser& dto) {
  User& user = em_.create<User>({.email = dto.email, .name = dto.name});
  users_.push_back(&user);
  if (dto.profile) {
    user.profile = em_.create<Profile>({.bio = dto.profile->bio, .socials = dto.profile->socials});
  }
  return user;
}

Venue& GraphBuilder::make_venue(const CreateVenue& dto) {
  Venue& venue = em_.create<Venue>({.name = dto.name, .city = dto.city, .capacity = dto.capacity});
  venues_.push_back(&venue);
  return venue;
}

Venue* GraphBuilder::venue_of(const ImportEvent& dto, const ImportDocument& document) {
  if (dto.venue && dto.venue_ref) {
    throw roost::BadRequestException("Event \"" + dto.title +
                                     "\" must not have both venue and venueRef");
  }
  if (dto.venue) return &make_venue(*dto.venue);
  if (!dto.venue_ref) return nullptr;
  for (std::size_t i = document.venues.size(); i > 0; --i) {  // of equal references the last counts
    if (document.venues[i - 1].ref == dto.venue_ref) return named_venues_[i - 1];
  }
  throw roost::BadRequestException("Unknown venue reference \"" + *dto.venue_ref + "\"");
}

User& GraphBuilder::user_of(const ImportRegistration& dto, const ImportEvent& event) {
  if (dto.user.has_value() == dto.email.has_value()) {
    throw roost::BadRequestException("A registration for event \"" + event.title +
                                     "\" must have either user or email");
  }
  if (dto.user) return make_user(*dto.user);
  if (User* user = with_email(named_users_, *dto.email)) return *user;
  if (User* user = with_email(known_users_, *dto.email)) return *user;
  throw roost::BadRequestException("Unknown user \"" + *dto.email + "\"");
}

void GraphBuilder::add_tags(Event& event, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    const auto tag =
        std::find_if(tags_.begin(), tags_.end(), [&](const Tag* t) { return t->name == name; });
    event.tags.add(**tag);
  }
}

void GraphBuilder::add_registrations(Event& event, const ImportEvent& dto) {
  std::int64_t seats = 0;
  for (const ImportRegistration& registration : dto.registrations) {
    User& user = user_of(registration, dto);
    seats += registration.seats;
    registrations_.push_back(
        &em_.create<Registration>({.event = event, .user = user, .seats = registration.seats}));
  }
  if (seats > event.capacity) {
    throw roost::ConflictException("Event \"" + event.title + "\" has only " +
                                   std::to_string(event.capacity) + " seats");
  }
}
