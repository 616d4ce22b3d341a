// The events, with their venues and tags.
#pragma once

#include "events/dto/event_body.hpp"
#include "events/dto/list_events.hpp"
#include "events/event.hpp"
#include <roost/orm/entity_manager.hpp>
#include <roost/roost.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

class TagsService;

class EventsService {
 public:
  using scope = roost::request_scoped;
  EventsService(roost::orm::EntityManager& em, TagsService& tags) : em_{em}, tags_{tags} {}

  roost::Task<roost::Page<const Event*>> find_all(const ListEvents& query);
  /// Throws NotFoundException, like everything below that takes an id.
  roost::Task<const Event&> find_one(std::int64_t id, const PopulateEvent& query);
  /// Title and start of another event are a ConflictException, here and below.
  roost::Task<const Event&> create(const CreateEvent& dto);
  roost::Task<const Event&> replace(std::int64_t id, const CreateEvent& dto);
  /// ConflictException when the event has changed since the version that the patch names.
  roost::Task<const Event&> update(std::int64_t id, const UpdateEvent& patch);
  /// The registrations for the event go with it.
  roost::Task<void> remove(std::int64_t id);

  roost::Task<const Event&> replace_tags(std::int64_t id, const std::vector<std::string>& names);
  roost::Task<const Event&> add_tag(std::int64_t id, const std::string& name);
  roost::Task<void> remove_tag(std::int64_t id, const std::string& name);

 private:
  roost::Task<Event&> at(std::int64_t id);
  roost::Task<Venue*> venue_at(std::optional<std::int64_t> id);
  roost::Task<void> set_tags(Event& event, const std::vector<std::string>& names);
  roost::Task<void> flush(Event& event);
  roost::Task<void> look_up_tags_again(Event& event);

  static constexpr int most_attempts = 5;

  roost::orm::EntityManager& em_;
  TagsService& tags_;
};
