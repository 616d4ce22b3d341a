// Everything about events.
#pragma once

#include <roost/roost.hpp>

struct EventsModule {
  static roost::ModuleDef define();
};
