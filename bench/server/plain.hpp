// Plaintext, JSON, and a validated JSON body kept in memory.
#pragma once

#include <roost/roost.hpp>

struct PlainModule {
  static roost::ModuleDef define();
};
