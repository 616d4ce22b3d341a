// GET /: where a visitor finds out what the application can do.
#pragma once

#include <roost/roost.hpp>

#include <optional>
#include <string>

class HomeController {
 public:
  roost::Response page(roost::Header<"host", std::optional<std::string>> host);

  static constexpr auto routes =
      roost::controller("", roost::get<&HomeController::page>(roost::undocumented));
};
