// One row, twenty rows, twenty updates, and a page of all fortunes.
#pragma once

#include <roost/orm/orm.hpp>
#include <roost/roost.hpp>

#include <string>

struct World {
  int id = 0;
  int random_number = 0;

  static constexpr auto meta =
      roost::orm::entity("world", roost::natural_key<&World::id>(),
                         roost::field<&World::random_number>(roost::column("randomnumber"),
                                                             roost::json_name("randomNumber")));
};

struct Fortune {
  int id = 0;
  std::string message{};

  static constexpr auto meta = roost::orm::entity("fortune", roost::natural_key<&Fortune::id>());
};

struct WorldModule {
  static roost::ModuleDef define();
};
