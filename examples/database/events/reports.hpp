// Rows of the reports about events.
#pragma once

#include "events/event_status.hpp"

#include <cstdint>
#include <string>

struct StatusCount {
  EventStatus status = EventStatus::draft;
  std::int64_t count = 0;
  std::int64_t capacity = 0;  // of all events of the status together
};

struct MonthCount {
  std::string month;  // "2026-05", in UTC
  std::int64_t count = 0;
};
