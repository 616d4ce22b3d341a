// Everything about registrations.
#pragma once

#include <roost/roost.hpp>

struct RegistrationsModule {
  static roost::ModuleDef define();
};
