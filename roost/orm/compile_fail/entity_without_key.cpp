// An entity that has no primary key.
// expect-g++: In instantiation of .struct roost::orm::this_entity_has_no_primary_key<
// expect: error: static.assert.*roost: this entity has no key
// expect-clang++: in instantiation of .*roost::orm::this_entity_has_no_primary_key<
#include <roost/orm/compile_fail/events_impl.hpp>
#include <roost/orm/metadata.hpp>

struct Keyless {
  std::int64_t id{};
  static constexpr auto meta = orm::entity("keyless");
};

#ifdef ROOST_FIXED
const auto list = orm::entities<Event, Ticket>();
#else
const auto list = orm::entities<Event, Ticket, Keyless>();
#endif
