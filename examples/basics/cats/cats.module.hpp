// Everything about cats.
#pragma once

#include <roost/roost.hpp>

struct CatsModule {
  static roost::ModuleDef define();
};
