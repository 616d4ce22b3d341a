// What a client sends to create, replace or change a tag.
#pragma once

#include <roost/roost.hpp>

#include <string>

struct CreateTag {
  std::string name;

  static constexpr auto meta = roost::meta(roost::field<&CreateTag::name>(roost::length(1, 40)));
};

using UpdateTag = roost::Partial<CreateTag>;
