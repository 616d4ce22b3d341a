// A cat as it is kept and answered.
#pragma once

#include "cats/dto/create_cat.hpp"
#include <roost/roost.hpp>

#include <cstdint>
#include <string>
#include <vector>

struct Cat {
  std::int64_t id = 0;
  std::string name;
  int age = 0;
  Temper temper = Temper::calm;
  std::string email;
  roost::Timestamp born_at;
  Owner owner;
  std::vector<std::string> tags;
  roost::Nullable<std::vector<Toy>> toys;
  roost::Nullable<std::string> nickname;
  roost::Nullable<bool> indoor;

  static constexpr auto meta = roost::meta(roost::field<&Cat::born_at>(roost::json_name("bornAt")));
};
