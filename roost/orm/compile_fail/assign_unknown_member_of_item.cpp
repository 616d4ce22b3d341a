// Items of a DTO with a member that the entities of the collection lack.
// expect-g++: In instantiation of .struct roost::reflect::no_member_of_this_name_to_assign_to<
// expect: error: static.assert.*roost: the target
// expect-clang++: in instantiation of .*roost::reflect::no_member_of_this_name_to_assign_to<
#include <roost/orm/compile_fail/events_impl.hpp>

struct Item {
  int seat = 0;
  std::string row{};
};
struct WithItems {
  std::vector<Item> tickets{};
};

void use(EntityManager& em, Event& event, const Event& shown) {
  static_cast<void>(shown);
#ifdef ROOST_FIXED
  em.assign(event, EventInput{});
#else
  em.assign(event, WithItems{});
#endif
}
