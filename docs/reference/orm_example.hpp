// What the reference pages of the ORM take for granted: venues with events, and tags.
#pragma once

#include <roost/orm/entity_manager.hpp>
#include <roost/orm/orm_module.hpp>
#include <roost/orm/repository.hpp>
#include <roost/roost.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

using namespace roost;

struct Event;

struct Tag {
  std::int64_t id{};
  std::string name{};
  static constexpr auto meta = orm::entity("tags", primary_key<&Tag::id>(), unique<&Tag::name>());
};

struct Venue {
  std::int64_t id{};
  std::string city{};
  Collection<Event> events{};
  static constexpr auto meta = orm::entity("venues", primary_key<&Venue::id>());
};

struct Details {
  std::optional<std::string> contact_email{};
};

struct Event {
  std::int64_t id{};
  std::string title{};
  int capacity = 20;
  Timestamp starts_at{};
  orm::Json<Details> details{};
  int version{};
  Ref<Venue> venue{};
  Collection<Tag> tags{};
  static constexpr auto meta = orm::entity(
      "events", primary_key<&Event::id>(), versioned_by<&Event::version>(), unique<&Event::title>(),
      many_to_one<&Event::venue>(nullable), many_to_many<&Event::tags>());
};

extern EntityManager& em;
extern Event& event;
extern std::int64_t id;
