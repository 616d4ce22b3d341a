#include "tags/tags.controller.hpp"

#include "tags/tags.service.hpp"

using roost::Body;
using roost::Param;
using roost::Query;
using roost::Task;

Task<roost::Page<const Tag*>> TagsController::find_all(Query<ListTags> query) {
  co_return co_await tags_.find_all(*query);
}

Task<std::vector<TagCount>> TagsController::stats() { return tags_.stats(); }

Task<const Tag&> TagsController::find_one(Param<"id", std::int64_t> id, Query<PopulateTag> query) {
  co_return co_await tags_.find_one(id, *query);
}

Task<const Tag&> TagsController::create(Body<CreateTag> dto) {
  co_return co_await tags_.create(*dto);
}

Task<const Tag&> TagsController::replace(Param<"id", std::int64_t> id, Body<CreateTag> dto) {
  co_return co_await tags_.rename(id, dto->name);
}

Task<const Tag&> TagsController::update(Param<"id", std::int64_t> id, Body<UpdateTag> patch) {
  std::optional<std::string> name;
  if (patch->has<&CreateTag::name>()) name = patch->name;
  co_return co_await tags_.rename(id, name);
}

Task<void> TagsController::remove(Param<"id", std::int64_t> id) { return tags_.remove(id); }
