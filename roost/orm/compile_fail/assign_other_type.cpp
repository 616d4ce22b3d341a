// A DTO whose member has another type than the entity's.
// expect-g++: In instantiation of .struct roost::reflect::members_of_this_name_have_different_types<
// expect: error: static.assert.*roost: the members of this name
// expect-clang++: in instantiation of .*roost::reflect::members_of_this_name_have_different_types<
#include <roost/orm/compile_fail/events_impl.hpp>

struct Texts {
  std::string title{};
  std::string capacity{};
};

void use(EntityManager& em, Event& event, const Event& shown) {
  static_cast<void>(shown);
#ifdef ROOST_FIXED
  em.assign(event, EventInput{});
#else
  em.assign(event, Texts{});
#endif
}
