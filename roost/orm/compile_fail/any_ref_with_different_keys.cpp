// The classes of an AnyRef have keys of different types.
// expect-g++: In instantiation of .struct roost::orm::the_classes_of_an_any_ref_have_keys_of_one_type<
// expect: error: static.assert.*roost: one column holds the key of whatever an AnyRef refers to
// expect-clang++: in instantiation of .*roost::orm::the_classes_of_an_any_ref_have_keys_of_one_type<
#include <roost/orm/compile_fail/any_ref_impl.hpp>
#include <roost/orm/metadata.hpp>

struct Country {
#ifdef ROOST_FIXED
  std::int64_t code{};
#else
  std::string code{};
#endif
  static constexpr auto meta = orm::entity("countries", primary_key<&Country::code>());
};
struct Flag {
  std::int64_t id{};
  AnyRef<Event, Country> of{};
  static constexpr auto meta =
      orm::entity("flags", primary_key<&Flag::id>(), many_to_one<&Flag::of>());
};

const auto list = orm::entities<Flag, Country, Event, Ticket>();
