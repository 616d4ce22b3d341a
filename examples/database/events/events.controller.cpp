#include "events/events.controller.hpp"

#include "events/events.service.hpp"

using roost::Body;
using roost::Param;
using roost::Query;
using roost::Task;

Task<roost::Page<const Event*>> EventsController::find_all(Query<ListEvents> query) {
  co_return co_await events_.find_all(*query);
}

Task<std::vector<const Event*>> EventsController::search(Query<FindByContact> query) {
  co_return co_await events_.find_by_contact(query->contact_email);
}

Task<std::vector<StatusCount>> EventsController::stats() { return events_.stats(); }

Task<std::vector<MonthCount>> EventsController::calendar() { return events_.calendar(); }

Task<const Event&> EventsController::find_one(Param<"id", std::int64_t> id) {
  return events_.find_one(id);
}

Task<const Event&> EventsController::create(Body<CreateEvent> dto) {
  co_return co_await events_.create(*dto);
}

Task<std::vector<const Event*>> EventsController::create_many(Body<std::vector<CreateEvent>> dtos) {
  co_return co_await events_.create_many(*dtos);
}

Task<const Event&> EventsController::replace(Param<"id", std::int64_t> id, Body<CreateEvent> dto) {
  co_return co_await events_.replace(id, *dto);
}

Task<const Event&> EventsController::update(Param<"id", std::int64_t> id, Body<UpdateEvent> patch) {
  co_return co_await events_.update(id, *patch);
}

Task<void> EventsController::remove(Param<"id", std::int64_t> id) { return events_.remove(id); }
