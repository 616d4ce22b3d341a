#include "cats/cats.module.hpp"

#include "cats/cats.controller.hpp"
#include "cats/cats.service.hpp"

roost::ModuleDef CatsModule::define() {
  return roost::module<CatsModule>(roost::controllers<CatsController>(),
                                   roost::providers<CatsService>());
}
