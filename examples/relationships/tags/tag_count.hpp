// A row of the report about tags.
#pragma once

#include <cstdint>
#include <string>

struct TagCount {
  std::string name;
  std::int64_t events = 0;
};
