// The tags: kept by name, made when they are first used.
#pragma once

#include "tags/dto/list_tags.hpp"
#include "tags/dto/tag_body.hpp"
#include "tags/tag.hpp"
#include "tags/tag_count.hpp"
#include <roost/orm/entity_manager.hpp>
#include <roost/roost.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

class TagsService {
 public:
  using scope = roost::request_scoped;
  explicit TagsService(roost::orm::EntityManager& em) : em_{em} {}

  roost::Task<roost::Page<const Tag*>> find_all(const ListTags& query);
  roost::Task<std::vector<TagCount>> stats();
  /// Throws NotFoundException, like everything below that takes an id.
  roost::Task<const Tag&> find_one(std::int64_t id, const PopulateTag& query);
  roost::Task<const Tag&> create(const CreateTag& dto);
  /// Without a name nothing changes.
  roost::Task<const Tag&> rename(std::int64_t id, const std::optional<std::string>& name);
  /// The tag is taken off its events, which stay.
  roost::Task<void> remove(std::int64_t id);

  /// The tags of these names, in their order; a name that stands twice counts once. New ones are
  /// inserted by the next flush.
  roost::Task<std::vector<Tag*>> find_or_create(const std::vector<std::string>& names);

 private:
  roost::Task<Tag&> at(std::int64_t id);
  roost::Task<void> flush();

  roost::orm::EntityManager& em_;
};
