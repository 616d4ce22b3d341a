// HTTP for the registrations of an event: paths, parameters and statuses; everything else is the
// service's.
#pragma once

#include "events/event.hpp"
#include "registrations/dto/registration_body.hpp"
#include "registrations/registration.hpp"
#include <roost/roost.hpp>

#include <cstdint>
#include <vector>

class RegistrationsService;

class RegistrationsController {
  static constexpr auto not_found = roost::throws<roost::NotFoundException>(
      "The event, a user or the registration does not exist");
  static constexpr auto conflict = roost::throws<roost::ConflictException>(
      "The user is registered already, or there are too few seats");

 public:
  explicit RegistrationsController(RegistrationsService& registrations)
      : registrations_{registrations} {}

  roost::Task<std::vector<const Registration*>> find_all(roost::Param<"id", std::int64_t> id);
  roost::Task<const Registration&> create(roost::Param<"id", std::int64_t> id,
                                          roost::Body<CreateRegistration> dto);
  roost::Task<const Event&> replace(roost::Param<"id", std::int64_t> id,
                                    roost::Body<ReplaceRegistrations> dto);
  roost::Task<void> remove(roost::Param<"id", std::int64_t> id,
                           roost::Param<"registrationId", std::int64_t> registration_id);

  static constexpr auto routes = roost::controller(
      "events/:id/registrations", not_found, roost::get<&RegistrationsController::find_all>(),
      roost::post<&RegistrationsController::create>(conflict),
      roost::put<&RegistrationsController::replace>(conflict),
      roost::del<&RegistrationsController::remove>(":registrationId", roost::http_code(204)));

 private:
  RegistrationsService& registrations_;
};
