#include "events/events.module.hpp"

#include "events/events.controller.hpp"
#include "events/events.service.hpp"
#include "tags/tags.module.hpp"
#include "tags/tags.service.hpp"

roost::ModuleDef EventsModule::define() {
  return roost::module<EventsModule>(roost::imports<TagsModule>(),
                                     roost::controllers<EventsController>(),
                                     roost::providers<EventsService>());
}
