#include "events/events.module.hpp"

#include "events/events.controller.hpp"
#include "events/events.service.hpp"

roost::ModuleDef EventsModule::define() {
  return roost::module<EventsModule>(roost::controllers<EventsController>(),
                                     roost::providers<EventsService>());
}
