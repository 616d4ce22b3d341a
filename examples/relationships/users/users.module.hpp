// Everything about users.
#pragma once

#include <roost/roost.hpp>

struct UsersModule {
  static roost::ModuleDef define();
};
