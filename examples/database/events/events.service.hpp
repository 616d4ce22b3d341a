// The events.
#pragma once

#include "events/dto/create_event.hpp"
#include "events/dto/list_events.hpp"
#include "events/event.hpp"
#include "events/reports.hpp"
#include <roost/orm/entity_manager.hpp>
#include <roost/roost.hpp>

#include <cstdint>
#include <string>
#include <vector>

class EventsService {
 public:
  using scope = roost::request_scoped;
  explicit EventsService(roost::orm::EntityManager& em) : em_{em} {}

  roost::Task<roost::Page<const Event*>> find_all(const ListEvents& query);
  roost::Task<std::vector<const Event*>> find_by_contact(const std::string& email);
  roost::Task<std::vector<StatusCount>> stats();
  roost::Task<std::vector<MonthCount>> calendar();
  /// Throws NotFoundException, like everything below that takes an id.
  roost::Task<const Event&> find_one(std::int64_t id);
  /// Title and start of another event are a ConflictException, here and below.
  roost::Task<const Event&> create(const CreateEvent& dto);
  /// All of them or none.
  roost::Task<std::vector<const Event*>> create_many(const std::vector<CreateEvent>& dtos);
  roost::Task<const Event&> replace(std::int64_t id, const CreateEvent& dto);
  /// ConflictException when the event has changed since the version that the patch names.
  roost::Task<const Event&> update(std::int64_t id, const UpdateEvent& patch);
  roost::Task<void> remove(std::int64_t id);

 private:
  roost::Task<Event&> at(std::int64_t id);
  roost::Task<void> flush();

  roost::orm::EntityManager& em_;
};
