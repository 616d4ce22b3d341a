// A filter of the data source that fits none of its entities.
// expect: error: static.assert.*roost: this filter fits none of these entities
#include <roost/orm/compile_fail/events_impl.hpp>
#include <roost/orm/filters.hpp>

struct OfTenant {
  template <class Entity>
#ifdef ROOST_FIXED
  requires requires(Entity entity) { entity.id; }
  static Expression of(std::int64_t tenant) { return f<&Entity::id> == tenant; }
#else
  requires requires(Entity entity) { entity.tenant; }
  static Expression of(std::int64_t tenant) { return f<&Entity::tenant> == tenant; }
#endif
};

const auto list = orm::entities<Event, Ticket>(filtered_by<OfTenant>("tenant"));
