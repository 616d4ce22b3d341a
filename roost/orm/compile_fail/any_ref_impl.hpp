// PRIVATE: an entity with an AnyRef, for the programs that must not compile.
#pragma once

#include <roost/orm/any_ref.hpp>
#include <roost/orm/compile_fail/events_impl.hpp>

struct Mark {
  std::int64_t id{};
  std::string text{};
  AnyRef<Event, Ticket> on{};
  static constexpr auto meta =
      orm::entity("marks", primary_key<&Mark::id>(), many_to_one<&Mark::on>());
};
