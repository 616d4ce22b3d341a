// Who takes part in an event. Seats are given out while the event is locked, so that there are
// never more of them than it has.
#pragma once

#include "events/event.hpp"
#include "registrations/dto/registration_body.hpp"
#include "registrations/registration.hpp"
#include <roost/orm/entity_manager.hpp>
#include <roost/roost.hpp>

#include <cstdint>
#include <vector>

class RegistrationsService {
 public:
  using scope = roost::request_scoped;
  explicit RegistrationsService(roost::orm::EntityManager& em) : em_{em} {}

  /// Of the event, with their users. Throws NotFoundException for an event, user or registration
  /// that is not there, like everything below.
  roost::Task<std::vector<const Registration*>> find_all(std::int64_t event_id);
  /// ConflictException for a user who is registered, and for seats that are not left.
  roost::Task<const Registration&> create(std::int64_t event_id, const CreateRegistration& dto);
  /// These and no others: those of users who are registered are kept. The event, with all of them.
  roost::Task<const Event&> replace(std::int64_t event_id,
                                    const std::vector<CreateRegistration>& dtos);
  roost::Task<void> remove(std::int64_t event_id, std::int64_t registration_id);

 private:
  roost::Task<Event&> locked_event(std::int64_t id);

  roost::orm::EntityManager& em_;
};
