// An AnyRef is compared with a key, which does not say of which class it is.
// expect-g++: In instantiation of .struct roost::orm::an_any_ref_is_compared_with_entities<
// expect: error: static.assert.*roost: a key alone does not say which class an AnyRef refers to
// expect-clang++: in instantiation of .*roost::orm::an_any_ref_is_compared_with_entities<
#include <roost/orm/compile_fail/any_ref_impl.hpp>

Task<void> use(EntityManager& em) {
#ifdef ROOST_FIXED
  static_cast<void>(co_await em.find<Mark>(f<&Mark::on> == em.reference<Event>(7)));
#else
  static_cast<void>(co_await em.find<Mark>(f<&Mark::on> == 7));
#endif
}
