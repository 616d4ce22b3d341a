#include "registrations/registrations.module.hpp"

#include "registrations/registrations.controller.hpp"
#include "registrations/registrations.service.hpp"

roost::ModuleDef RegistrationsModule::define() {
  return roost::module<RegistrationsModule>(roost::controllers<RegistrationsController>(),
                                            roost::providers<RegistrationsService>());
}
