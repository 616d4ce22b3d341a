#include "venues/venues.service.hpp"

#include "common/pages.hpp"
#include "common/query_words.hpp"
#include <roost/sql/errors.hpp>

using roost::f;
using roost::populate;
using roost::Task;

namespace {

[[noreturn]] void throw_not_found(std::int64_t id) {
  throw roost::NotFoundException("Venue #" + std::to_string(id) + " not found");
}

const SortWord sort_words[] = {{"id", f<&Venue::id>},
                               {"name", f<&Venue::name>},
                               {"city", f<&Venue::city>},
                               {"capacity", f<&Venue::capacity>}};
const PopulateWord populate_words[] = {{"events", populate<&Venue::events>()},
                                       {"events.tags", populate<&Venue::events, &Event::tags>()}};

}  // namespace

Task<roost::Page<const Venue*>> VenuesService::find_all(const ListVenues& query) {
  roost::orm::FindOptions options;
  if (is_given(query.q)) options.where &= f<&Venue::name>.icontains(*query.q);
  if (is_given(query.city)) options.where &= f<&Venue::city> == *query.city;
  options.add(order_of(query.sort, sort_words, f<&Venue::id>));
  options.add(paths_of(query.populate, populate_words));
  co_return co_await find_page<const Venue>(em_, query.page, query.limit, options);
}

Task<const Venue&> VenuesService::find_one(std::int64_t id, const PopulateVenue& query) {
  const auto paths = paths_of(query.populate, populate_words);
  const Venue* venue = co_await em_.find_one<const Venue>(id, paths);
  if (venue == nullptr) throw_not_found(id);
  co_return *venue;
}

Task<VenueStats> VenuesService::stats(std::int64_t id) {
  // Two sums of their own: a join of events and registrations would count capacities repeatedly.
  auto rows = co_await em_.execute<VenueStats>(
      roost::sql("select v.id as venue,"
                 " (select count(*) from events e where e.venue_id = v.id) as events,"
                 " (select coalesce(sum(e.capacity), 0) from events e where e.venue_id = v.id)"
                 " as capacity,"
                 " count(r.id) as registrations, coalesce(sum(r.seats), 0) as seats"
                 " from venues v left join events e on e.venue_id = v.id"
                 " left join registrations r on r.event_id = e.id where v.id = {} group by v.id",
                 id));
  if (rows.empty()) throw_not_found(id);
  co_return rows.front();
}

Task<const Venue&> VenuesService::create(const CreateVenue& dto) {
  Venue& venue = em_.create<Venue>({.name = dto.name, .city = dto.city, .capacity = dto.capacity});
  co_await em_.flush();
  co_return venue;
}

Task<const Venue&> VenuesService::replace(std::int64_t id, const CreateVenue& dto) {
  Venue& venue = co_await at(id);
  roost::assign(venue, dto);
  co_await em_.flush();
  co_return venue;
}

Task<const Venue&> VenuesService::update(std::int64_t id, const UpdateVenue& patch) {
  Venue& venue = co_await at(id);
  patch.assign_to(venue);
  co_await em_.flush();
  co_return venue;
}

Task<void> VenuesService::remove(std::int64_t id) {
  Venue& venue = co_await at(id);
  em_.remove(venue);
  try {
    co_await em_.flush();
  } catch (const roost::db::ForeignKeyViolation&) {
    throw roost::ConflictException("Venue #" + std::to_string(id) + " has events");
  }
}

Task<Venue&> VenuesService::at(std::int64_t id) {
  Venue* venue = co_await em_.find_one<Venue>(id);
  if (venue == nullptr) throw_not_found(id);
  co_return *venue;
}
