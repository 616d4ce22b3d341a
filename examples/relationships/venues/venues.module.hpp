// Everything about venues.
#pragma once

#include <roost/roost.hpp>

struct VenuesModule {
  static roost::ModuleDef define();
};
