// What a client sends to create or replace a cat.
#pragma once

#include <roost/roost.hpp>

#include <string>
#include <vector>

enum class Temper { calm, wild, shy };

struct Owner {
  std::string name;
  roost::Nullable<std::string> email;

  static constexpr auto meta = roost::meta(roost::field<&Owner::name>(roost::not_empty),
                                           roost::field<&Owner::email>(roost::is_email));
};

struct Toy {
  std::string label;
  double price;

  static constexpr auto meta =
      roost::meta(roost::field<&Toy::price>(roost::max_decimals(2), roost::min(0)));
};

struct CreateCat {
  std::string name;
  int age;
  Temper temper;
  std::string email;
  roost::Timestamp born_at;
  Owner owner;
  std::vector<std::string> tags;
  roost::Nullable<std::vector<Toy>> toys;
  roost::Nullable<std::string> nickname;
  roost::Nullable<bool> indoor;

  static constexpr auto meta =
      roost::meta(roost::field<&CreateCat::name>(roost::length(2, 20)),
                  roost::field<&CreateCat::age>(roost::min(0), roost::max(30)),
                  roost::field<&CreateCat::email>(roost::is_email),
                  roost::field<&CreateCat::born_at>(roost::json_name("bornAt")),
                  roost::field<&CreateCat::tags>(roost::array_max_size(3)));
};

using UpdateCat = roost::Partial<CreateCat>;
