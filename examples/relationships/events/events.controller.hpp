// HTTP for events and their tags: paths, parameters and statuses; everything else is the service's.
#pragma once

#include "events/dto/event_body.hpp"
#include "events/dto/list_events.hpp"
#include "events/event.hpp"
#include <roost/roost.hpp>

#include <cstdint>
#include <string>

class EventsService;

class EventsController {
  static constexpr auto not_found =
      roost::throws<roost::NotFoundException>("The event, its venue or a tag does not exist");
  static constexpr auto conflict = roost::throws<roost::ConflictException>(
      "Title and time are those of another event, or the version is another one");

 public:
  explicit EventsController(EventsService& events) : events_{events} {}

  roost::Task<roost::Page<const Event*>> find_all(roost::Query<ListEvents> query);
  roost::Task<const Event&> find_one(roost::Param<"id", std::int64_t> id,
                                     roost::Query<PopulateEvent> query);
  roost::Task<const Event&> create(roost::Body<CreateEvent> dto);
  roost::Task<const Event&> replace(roost::Param<"id", std::int64_t> id,
                                    roost::Body<CreateEvent> dto);
  roost::Task<const Event&> update(roost::Param<"id", std::int64_t> id,
                                   roost::Body<UpdateEvent> patch);
  roost::Task<void> remove(roost::Param<"id", std::int64_t> id);
  roost::Task<const Event&> replace_tags(roost::Param<"id", std::int64_t> id,
                                         roost::Body<ReplaceTags> dto);
  roost::Task<const Event&> add_tag(roost::Param<"id", std::int64_t> id, roost::Param<"name"> name);
  roost::Task<void> remove_tag(roost::Param<"id", std::int64_t> id, roost::Param<"name"> name);

  static constexpr auto routes = roost::controller(
      "events", roost::get<&EventsController::find_all>(),
      roost::get<&EventsController::find_one>(":id", not_found),
      roost::post<&EventsController::create>(not_found, conflict),
      roost::put<&EventsController::replace>(":id", not_found, conflict),
      roost::patch<&EventsController::update>(":id", not_found, conflict),
      roost::del<&EventsController::remove>(":id", roost::http_code(204), not_found),
      roost::put<&EventsController::replace_tags>(":id/tags", not_found),
      roost::post<&EventsController::add_tag>(":id/tags/:name", not_found),
      roost::del<&EventsController::remove_tag>(":id/tags/:name", roost::http_code(204),
                                                not_found));

 private:
  EventsService& events_;
};
