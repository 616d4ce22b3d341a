#include "registrations/registrations.controller.hpp"

#include "registrations/registrations.service.hpp"

using roost::Body;
using roost::Param;
using roost::Task;

Task<std::vector<const Registration*>> RegistrationsController::find_all(
    Param<"id", std::int64_t> id) {
  return registrations_.find_all(id);
}

Task<const Registration&> RegistrationsController::create(Param<"id", std::int64_t> id,
                                                          Body<CreateRegistration> dto) {
  co_return co_await registrations_.create(id, *dto);
}

Task<const Event&> RegistrationsController::replace(Param<"id", std::int64_t> id,
                                                    Body<ReplaceRegistrations> dto) {
  co_return co_await registrations_.replace(id, dto->registrations);
}

Task<void> RegistrationsController::remove(Param<"id", std::int64_t> id,
                                           Param<"registrationId", std::int64_t> registration_id) {
  return registrations_.remove(id, registration_id);
}
