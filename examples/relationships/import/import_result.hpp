// The ids of what an import created.
#pragma once

#include <cstdint>
#include <vector>

struct ImportResult {
  std::vector<std::int64_t> users;
  std::vector<std::int64_t> venues;
  std::vector<std::int64_t> events;
  std::vector<std::int64_t> tags;
  std::vector<std::int64_t> registrations;
};
