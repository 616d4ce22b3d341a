#include "events/events.service.hpp"

#include "common/pages.hpp"
#include "common/query_words.hpp"
#include <roost/sql/errors.hpp>

#include <utility>

using roost::f;
using roost::order_by;
using roost::Task;

namespace {

[[noreturn]] void throw_not_found(std::int64_t id) {
  throw roost::NotFoundException("Event #" + std::to_string(id) + " not found");
}

const SortWord sort_words[] = {{"id", f<&Event::id>},
                               {"title", f<&Event::title>},
                               {"startsAt", f<&Event::starts_at>},
                               {"capacity", f<&Event::capacity>},
                               {"status", f<&Event::status>}};

/// Everything: what is missing in the body has its default value there.
void replace_columns(Event& event, const CreateEvent& dto) {
  event.title = dto.title;
  event.description = dto.description;
  event.starts_at = dto.starts_at;
  event.capacity = dto.capacity;
  event.status = dto.status;
  event.details = dto.details;
}

/// What is given; details are merged into those that are there.
void change_columns(Event& event, const UpdateEvent& patch) {
  if (patch.has<&CreateEvent::title>()) event.title = patch.title;
  if (patch.has<&CreateEvent::description>()) event.description = patch.description;
  if (patch.has<&CreateEvent::starts_at>()) event.starts_at = patch.starts_at;
  if (patch.has<&CreateEvent::capacity>()) event.capacity = patch.capacity;
  if (patch.has<&CreateEvent::status>()) event.status = patch.status;
  if (patch.has<&CreateEvent::details>()) roost::assign(*event.details, patch.details);
}

/// The month of a time is one of the few things that each database says in its own way.
roost::db::RawSql months_of(const roost::db::Dialect& dialect) {
  if (dialect.kind() == roost::db::DialectKind::postgresql) {
    return roost::sql(
        "select to_char(starts_at at time zone 'utc', 'YYYY-MM') as month,"
        " count(*) as count from events group by 1 order by 1");
  }
  return roost::sql(
      "select substr(starts_at, 1, 7) as month, count(*) as count from events"
      " group by 1 order by 1");
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
  if (query.status) options.where &= f<&Event::status> == *query.status;
  if (is_given(query.q)) options.where &= f<&Event::title>.icontains(*query.q);
  options.add(order_of(query.sort, sort_words, f<&Event::id>));
  co_return co_await find_page<const Event>(em_, query.page, query.limit, options);
}

Task<std::vector<const Event*>> EventsService::find_by_contact(const std::string& email) {
  const auto by_email = f<&Event::details, &EventDetails::contact_email> == email;
  const auto by_id = order_by(roost::asc<&Event::id>);
  co_return co_await em_.find<const Event>(by_email, by_id);
}

Task<std::vector<StatusCount>> EventsService::stats() {
  co_return co_await em_.execute<StatusCount>(
      roost::sql("select status, count(*) as count, sum(capacity) as capacity from events"
                 " group by status order by status"));
}

Task<std::vector<MonthCount>> EventsService::calendar() {
  auto months = months_of(em_.executor().dialect());
  co_return co_await em_.execute<MonthCount>(std::move(months));
}

Task<const Event&> EventsService::find_one(std::int64_t id) {
  const Event* event = co_await em_.find_one<const Event>(id);
  if (event == nullptr) throw_not_found(id);
  co_return *event;
}

Task<const Event&> EventsService::create(const CreateEvent& dto) {
  Event& event = em_.create<Event>({});
  replace_columns(event, dto);
  co_await flush();
  co_return event;
}

Task<std::vector<const Event*>> EventsService::create_many(const std::vector<CreateEvent>& dtos) {
  std::vector<const Event*> events;
  for (const CreateEvent& dto : dtos) {
    Event& event = em_.create<Event>({});
    replace_columns(event, dto);
    events.push_back(&event);
  }
  co_await flush();
  co_return events;
}

Task<const Event&> EventsService::replace(std::int64_t id, const CreateEvent& dto) {
  Event& event = co_await at(id);
  replace_columns(event, dto);
  co_await flush();
  co_return event;
}

Task<const Event&> EventsService::update(std::int64_t id, const UpdateEvent& patch) {
  Event& event = co_await at(id);
  check_version(event, patch.seen_version);
  change_columns(event, patch);
  co_await flush();
  co_return event;
}

Task<void> EventsService::remove(std::int64_t id) {
  co_await em_.transactional([&](roost::orm::EntityManager& em) -> Task<void> {
    // Locked, so that it does not change between the look and the deletion.
    Event* event = co_await em.find_one<Event>(id, roost::orm::LockMode::for_update);
    if (event == nullptr) throw_not_found(id);
    em.remove(*event);
  });
}

Task<Event&> EventsService::at(std::int64_t id) {
  Event* event = co_await em_.find_one<Event>(id);
  if (event == nullptr) throw_not_found(id);
  co_return *event;
}

Task<void> EventsService::flush() {
  try {
    co_await em_.flush();
  } catch (const roost::db::UniqueViolation&) {
    throw roost::ConflictException("An event with this title and startsAt already exists");
  } catch (const roost::orm::OptimisticLockError&) {
    throw roost::ConflictException("The event was changed by somebody else at the same time");
  }
}
