#include "venues/venues.module.hpp"

#include "venues/venues.controller.hpp"
#include "venues/venues.service.hpp"

roost::ModuleDef VenuesModule::define() {
  return roost::module<VenuesModule>(roost::controllers<VenuesController>(),
                                     roost::providers<VenuesService>());
}
