#include "app.module.hpp"

#include "cats/cats.module.hpp"

roost::ModuleDef AppModule::define() {
  return roost::module<AppModule>(roost::imports<CatsModule>());
}
