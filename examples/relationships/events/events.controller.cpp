#include "events/events.controller.hpp"

#include "events/events.service.hpp"
#include "tags/dto/tag_body.hpp"

using roost::Body;
using roost::Param;
using roost::Query;
using roost::Task;

Task<roost::Page<const Event*>> EventsController::find_all(Query<ListEvents> query) {
  co_return co_await events_.find_all(*query);
}

Task<const Event&> EventsController::find_one(Param<"id", std::int64_t> id,
                                              Query<PopulateEvent> query) {
  co_return co_await events_.find_one(id, *query);
}

Task<const Event&> EventsController::create(Body<CreateEvent> dto) {
  co_return co_await events_.create(*dto);
}

Task<const Event&> EventsController::replace(Param<"id", std::int64_t> id, Body<CreateEvent> dto) {
  co_return co_await events_.replace(id, *dto);
}

Task<const Event&> EventsController::update(Param<"id", std::int64_t> id, Body<UpdateEvent> patch) {
  co_return co_await events_.update(id, *patch);
}

Task<void> EventsController::remove(Param<"id", std::int64_t> id) { return events_.remove(id); }

Task<const Event&> EventsController::replace_tags(Param<"id", std::int64_t> id,
                                                  Body<ReplaceTags> dto) {
  co_return co_await events_.replace_tags(id, dto->tags);
}

Task<const Event&> EventsController::add_tag(Param<"id", std::int64_t> id, Param<"name"> name) {
  const auto tag = roost::validated(CreateTag{*name});
  co_return co_await events_.add_tag(id, tag.name);
}

Task<void> EventsController::remove_tag(Param<"id", std::int64_t> id, Param<"name"> name) {
  co_await events_.remove_tag(id, *name);
}
