#include "import/import.module.hpp"

#include "import/import.controller.hpp"
#include "import/import.service.hpp"
#include "tags/tags.module.hpp"
#include "tags/tags.service.hpp"

roost::ModuleDef ImportModule::define() {
  return roost::module<ImportModule>(roost::imports<TagsModule>(),
                                     roost::controllers<ImportController>(),
                                     roost::providers<ImportService>());
}
