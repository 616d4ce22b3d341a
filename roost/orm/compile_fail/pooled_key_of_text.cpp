// A key that is no number is to come from a sequence.
// expect-g++: In instantiation of .struct roost::orm::a_pooled_key_is_an_integer<
// expect: error: static.assert.*roost: pooled_key takes numbers
// expect-clang++: in instantiation of .*roost::orm::a_pooled_key_is_an_integer<
#include <roost/orm/compile_fail/events_impl.hpp>

struct Country {
  std::string code{};
  int number = 0;
#ifdef ROOST_FIXED
  static constexpr auto meta = orm::entity("countries", pooled_key<&Country::number>(20));
#else
  static constexpr auto meta = orm::entity("countries", pooled_key<&Country::code>(20));
#endif
};
