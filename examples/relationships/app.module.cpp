#include "app.module.hpp"

#include "database.hpp"
#include "events/events.module.hpp"
#include "home/home.controller.hpp"
#include "import/import.module.hpp"
#include "registrations/registrations.module.hpp"
#include "tags/tags.module.hpp"
#include "users/users.module.hpp"
#include "venues/venues.module.hpp"

roost::ModuleDef AppModule::define() {
  return roost::module<AppModule>(roost::imports(open_database()),
                                  roost::imports<EventsModule>(),
                                  roost::imports<RegistrationsModule>(),
                                  roost::imports<UsersModule>(),
                                  roost::imports<VenuesModule>(),
                                  roost::imports<TagsModule>(),
                                  roost::imports<ImportModule>(),
                                  roost::controllers<HomeController>());
}
