// HTTP for tags: paths, parameters and statuses; everything else is the service's.
#pragma once

#include "tags/dto/list_tags.hpp"
#include "tags/dto/tag_body.hpp"
#include "tags/tag.hpp"
#include "tags/tag_count.hpp"
#include <roost/roost.hpp>

#include <cstdint>
#include <vector>

class TagsService;

class TagsController {
  static constexpr auto not_found = roost::throws<roost::NotFoundException>("There is no such tag");
  static constexpr auto taken =
      roost::throws<roost::ConflictException>("Another tag has this name");

 public:
  explicit TagsController(TagsService& tags) : tags_{tags} {}

  roost::Task<roost::Page<const Tag*>> find_all(roost::Query<ListTags> query);
  roost::Task<std::vector<TagCount>> stats();
  roost::Task<const Tag&> find_one(roost::Param<"id", std::int64_t> id,
                                   roost::Query<PopulateTag> query);
  roost::Task<const Tag&> create(roost::Body<CreateTag> dto);
  roost::Task<const Tag&> replace(roost::Param<"id", std::int64_t> id, roost::Body<CreateTag> dto);
  roost::Task<const Tag&> update(roost::Param<"id", std::int64_t> id, roost::Body<UpdateTag> patch);
  roost::Task<void> remove(roost::Param<"id", std::int64_t> id);

  static constexpr auto routes = roost::controller(
      "tags", roost::get<&TagsController::find_all>(), roost::get<&TagsController::stats>("stats"),
      roost::get<&TagsController::find_one>(":id", not_found),
      roost::post<&TagsController::create>(taken),
      roost::put<&TagsController::replace>(":id", not_found, taken),
      roost::patch<&TagsController::update>(":id", not_found, taken),
      roost::del<&TagsController::remove>(":id", roost::http_code(204), not_found));

 private:
  TagsService& tags_;
};
