// Everything about import.
#pragma once

#include <roost/roost.hpp>

struct ImportModule {
  static roost::ModuleDef define();
};
