// What is going on at a venue, in numbers.
#pragma once

#include <cstdint>

struct VenueStats {
  std::int64_t venue = 0;
  std::int64_t events = 0;
  std::int64_t capacity = 0;  // of its events together
  std::int64_t registrations = 0;
  std::int64_t seats = 0;  // taken by them
};
