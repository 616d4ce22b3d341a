// The queries of the lists of events.
#pragma once

#include "events/event_status.hpp"
#include <roost/roost.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

struct ListEvents {
  std::int64_t page = 1;
  int limit = 20;
  std::optional<std::vector<std::string>> sort;
  std::optional<EventStatus> status;
  std::optional<std::string> q;

  static constexpr auto meta = roost::meta(
      roost::field<&ListEvents::page>(roost::min(1)),
      roost::field<&ListEvents::limit>(roost::min(1), roost::max(100)),
      roost::field<&ListEvents::sort>(
          roost::each(roost::one_of("id", "-id", "title", "-title", "startsAt", "-startsAt",
                                    "capacity", "-capacity", "status", "-status"))));
};

struct FindByContact {
  std::string contact_email;

  static constexpr auto meta = roost::meta(roost::field<&FindByContact::contact_email>(
      roost::json_name("contactEmail"), roost::is_email));
};
