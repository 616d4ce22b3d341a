#include "events/events.service.hpp"

#include "common/pages.hpp"
#include "common/query_words.hpp"
#include "events/event_columns.hpp"
#include "tags/tags.service.hpp"
#include "venues/venue.hpp"
#include <roost/sql/errors.hpp>

#include <algorithm>

using roost::f;
using roost::populate;
using roost::Task;
using roost::orm::EntityManager;

namespace {

[[noreturn]] void throw_not_found(std::string_view what, std::int64_t id) {
  throw roost::NotFoundException(std::string{what} + " #" + std::to_string(id) + " not found");
}

const SortWord sort_words[] = {{"id", f<&Event::id>},
                               {"title", f<&Event::title>},
                               {"startsAt", f<&Event::starts_at>},
                               {"capacity", f<&Event::capacity>},
                               {"status", f<&Event::status>}};
const PopulateWord populate_words[] = {
    {"venue", populate<&Event::venue>()},
    {"tags", populate<&Event::tags>()},
    {"registrations", populate<&Event::registrations>()},
    {"registrations.user", populate<&Event::registrations, &Registration::user>()}};

roost::Expression condition_of(const ListEvents& query) {
  roost::Expression where;
  if (query.status) where &= f<&Event::status> == *query.status;
  if (is_given(query.q)) where &= f<&Event::title>.icontains(*query.q);
  if (is_given(query.city)) where &= f<&Event::venue, &Venue::city> == *query.city;
  if (is_given(query.tag)) where &= f<&Event::tags>.some(f<&Tag::name> == *query.tag);
  if (query.venue_id) where &= f<&Event::venue> == *query.venue_id;
  if (query.user_id) {
    where &= f<&Event::registrations>.some(f<&Registration::user> == *query.user_id);
  }
  return where;
}

[[noreturn]] void throw_changed(const Event& event) {
  throw roost::ConflictException("Event #" + std::to_string(event.id) +
                                 " was changed by somebody else at the same time");
}

/// A client that names a version must have seen the present one.
void check_version(const Event& event, const std::optional<std::int64_t>& seen) {
  if (!seen || *seen == event.version) return;
  throw roost::ConflictException("Event #" + std::to_string(event.id) + " is at version " +
                                 std::to_string(event.version) + ", not " + std::to_string(*seen));
}

}  // namespace

Task<roost::Page<const Event*>> EventsService::find_all(const ListEvents& query) {
  roost::orm::FindOptions options;
  options.where = condition_of(query);
  options.add(order_of(query.sort, sort_words, f<&Event::id>));
  options.add(paths_of(query.populate, populate_words));
  co_return co_await find_page<const Event>(em_, query.page, query.limit, options);
}

Task<const Event&> EventsService::find_one(std::int64_t id, const PopulateEvent& query) {
  const auto paths = paths_of(query.populate, populate_words);
  const Event* event = co_await em_.find_one<const Event>(id, paths);
  if (event == nullptr) throw_not_found("Event", id);
  co_return *event;
}

Task<const Event&> EventsService::create(const CreateEvent& dto) {
  Event& event = em_.create<Event>({});
  replace_columns(event, dto);
  event.venue = co_await venue_at(dto.venue_id);
  co_await set_tags(event, dto.tags);
  co_await flush(event);
  co_await em_.populate(event, populate<&Event::tags>());
  co_return event;
}

Task<const Event&> EventsService::replace(std::int64_t id, const CreateEvent& dto) {
  Event& event = co_await at(id);
  replace_columns(event, dto);
  event.venue = co_await venue_at(dto.venue_id);
  co_await set_tags(event, dto.tags);
  co_await flush(event);
  co_await em_.populate(event, populate<&Event::tags>());
  co_return event;
}

Task<const Event&> EventsService::update(std::int64_t id, const UpdateEvent& patch) {
  Event& event = co_await at(id);
  check_version(event, patch.seen_version);
  change_columns(event, patch);
  if (patch.has<&EventLinks::venue_id>()) event.venue = co_await venue_at(patch.venue_id);
  if (patch.has<&EventLinks::tags>()) co_await set_tags(event, patch.tags);
  co_await flush(event);
  co_await em_.populate(event, populate<&Event::tags>());
  co_return event;
}

Task<void> EventsService::remove(std::int64_t id) {
  co_await em_.transactional([&](EntityManager& em) -> Task<void> {
    // Locked, so that it does not change between the look and the deletion.
    Event* event = co_await em.find_one<Event>(id, roost::orm::LockMode::for_update);
    if (event == nullptr) throw_not_found("Event", id);
    em.remove(*event);
  });
}

Task<const Event&> EventsService::replace_tags(std::int64_t id,
                                               const std::vector<std::string>& names) {
  Event& event = co_await at(id);
  co_await set_tags(event, names);
  co_await flush(event);
  co_await em_.populate(event, populate<&Event::tags>());
  co_return event;
}

Task<const Event&> EventsService::add_tag(std::int64_t id, const std::string& name) {
  Event& event = co_await at(id);
  std::vector<std::string> names{name};
  for (const Tag& tag : event.tags) names.push_back(tag.name);
  co_await set_tags(event, names);
  co_await flush(event);
  co_await em_.populate(event, populate<&Event::tags>());
  co_return event;
}

Task<void> EventsService::remove_tag(std::int64_t id, const std::string& name) {
  Event& event = co_await at(id);
  const auto tags = event.tags.items();
  const auto tag =
      std::find_if(tags.begin(), tags.end(), [&](const Tag* t) { return t->name == name; });
  if (tag == tags.end()) {
    throw roost::NotFoundException("Event #" + std::to_string(id) + " has no tag \"" + name + "\"");
  }
  event.tags.remove(**tag);
  co_await em_.flush();
}

Task<Event&> EventsService::at(std::int64_t id) {
  Event* event = co_await em_.find_one<Event>(id, populate<&Event::tags>());
  if (event == nullptr) throw_not_found("Event", id);
  co_return *event;
}

Task<Venue*> EventsService::venue_at(std::optional<std::int64_t> id) {
  if (!id) co_return nullptr;
  Venue* venue = co_await em_.find_one<Venue>(*id);
  if (venue == nullptr) throw_not_found("Venue", *id);
  co_return venue;
}

Task<void> EventsService::set_tags(Event& event, const std::vector<std::string>& names) {
  auto tags = co_await tags_.find_or_create(names);
  std::sort(tags.begin(), tags.end(), [](const Tag* a, const Tag* b) { return a->name < b->name; });
  event.tags.set(tags);
}

/// A tag that somebody else made since it was looked up is theirs and ours, and one that somebody
/// deleted is made anew: the flush, which wrote nothing, is tried again.
Task<void> EventsService::flush(Event& event) {
  for (int attempt = 1;; ++attempt) {
    bool is_venue_in_doubt = false;
    try {
      co_await em_.flush();
      co_return;
    } catch (const roost::db::UniqueViolation& violation) {
      if (violation.table() != "tags" || attempt == most_attempts) {
        throw roost::ConflictException("An event with this title and startsAt already exists");
      }
    } catch (const roost::orm::OptimisticLockError&) {
      throw_changed(event);
    } catch (const roost::db::ForeignKeyViolation&) {
      if (attempt == most_attempts) throw_changed(event);
      is_venue_in_doubt = event.venue != nullptr;
    }
    if (is_venue_in_doubt) {
      const std::int64_t venue_id = event.venue.key();
      const auto venues = co_await em_.count<Venue>(f<&Venue::id> == venue_id);
      if (venues == 0) throw_not_found("Venue", venue_id);
    }
    co_await look_up_tags_again(event);
  }
}

Task<void> EventsService::look_up_tags_again(Event& event) {
  std::vector<std::string> names;
  for (const Tag* tag : event.tags.items()) {
    names.push_back(tag->name);
    if (tag->id == 0) em_.remove(*tag);
  }
  co_await set_tags(event, names);
}
