// The root module: what the application consists of.
#pragma once

#include <roost/roost.hpp>

struct AppModule {
  static roost::ModuleDef define();
};
