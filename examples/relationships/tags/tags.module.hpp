// Everything about tags.
#pragma once

#include <roost/roost.hpp>

class TagsService;

struct TagsModule {
  using exports = roost::exports<TagsService>;
  static roost::ModuleDef define();
};
