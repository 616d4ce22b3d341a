// HTTP for events: paths, parameters and statuses; everything else is the service's.
#pragma once

#include "events/dto/create_event.hpp"
#include "events/dto/list_events.hpp"
#include "events/event.hpp"
#include "events/reports.hpp"
#include <roost/roost.hpp>

#include <cstdint>
#include <vector>

class EventsService;

class EventsController {
  static constexpr auto not_found =
      roost::throws<roost::NotFoundException>("There is no such event");
  static constexpr auto conflict = roost::throws<roost::ConflictException>(
      "Title and time are those of another event, or the version is another one");

 public:
  explicit EventsController(EventsService& events) : events_{events} {}

  roost::Task<roost::Page<const Event*>> find_all(roost::Query<ListEvents> query);
  roost::Task<std::vector<const Event*>> search(roost::Query<FindByContact> query);
  roost::Task<std::vector<StatusCount>> stats();
  roost::Task<std::vector<MonthCount>> calendar();
  roost::Task<const Event&> find_one(roost::Param<"id", std::int64_t> id);
  roost::Task<const Event&> create(roost::Body<CreateEvent> dto);
  roost::Task<std::vector<const Event*>> create_many(roost::Body<std::vector<CreateEvent>> dtos);
  roost::Task<const Event&> replace(roost::Param<"id", std::int64_t> id,
                                    roost::Body<CreateEvent> dto);
  roost::Task<const Event&> update(roost::Param<"id", std::int64_t> id,
                                   roost::Body<UpdateEvent> patch);
  roost::Task<void> remove(roost::Param<"id", std::int64_t> id);

  static constexpr auto routes = roost::controller(
      "events", roost::get<&EventsController::find_all>(),
      roost::get<&EventsController::search>("search"),
      roost::get<&EventsController::stats>("stats"),
      roost::get<&EventsController::calendar>("calendar"),
      roost::get<&EventsController::find_one>(":id", not_found),
      roost::post<&EventsController::create>(conflict),
      roost::post<&EventsController::create_many>(
          "bulk", roost::validation_pipe().every_item().max_items(100), conflict),
      roost::put<&EventsController::replace>(":id", not_found, conflict),
      roost::patch<&EventsController::update>(":id", not_found, conflict),
      roost::del<&EventsController::remove>(":id", roost::http_code(204), not_found));

 private:
  EventsService& events_;
};
