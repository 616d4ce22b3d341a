// An AnyRef is assigned from the key of a DTO, which does not say of which class it is.
// expect-g++: In instantiation of .struct roost::orm::the_relation_is_not_assigned_from_this_type<
// expect: error: static.assert.*roost: em.assign: the member of this name
// expect-clang++: in instantiation of .*roost::orm::the_relation_is_not_assigned_from_this_type<
#include <roost/orm/compile_fail/any_ref_impl.hpp>

struct Input {
  std::string text{};
#ifndef ROOST_FIXED
  std::int64_t on{};
#endif
};

void use(EntityManager& em, Mark& mark, const Input& input) { em.assign(mark, input); }
