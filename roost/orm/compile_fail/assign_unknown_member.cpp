// A DTO with a member that the entity lacks.
// expect-g++: In instantiation of .struct roost::reflect::no_member_of_this_name_to_assign_to<
// expect: error: static.assert.*roost: the target
// expect-clang++: in instantiation of .*roost::reflect::no_member_of_this_name_to_assign_to<
#include <roost/orm/compile_fail/events_impl.hpp>

struct Longer {
  std::string title{};
  std::string colour{};
};

void use(EntityManager& em, Event& event, const Event& shown) {
  static_cast<void>(shown);
#ifdef ROOST_FIXED
  em.assign(event, EventInput{});
#else
  em.assign(event, Longer{});
#endif
}
