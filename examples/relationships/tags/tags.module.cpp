#include "tags/tags.module.hpp"

#include "tags/tags.controller.hpp"
#include "tags/tags.service.hpp"

roost::ModuleDef TagsModule::define() {
  return roost::module<TagsModule>(roost::controllers<TagsController>(),
                                   roost::providers<TagsService>());
}
