#include "app.module.hpp"

#include "database.hpp"
#include "events/events.module.hpp"

roost::ModuleDef AppModule::define() {
  return roost::module<AppModule>(roost::imports(open_database()), roost::imports<EventsModule>());
}
