// A class of an AnyRef has a key of two parts.
// expect-g++: In instantiation of .struct roost::orm::the_classes_of_an_any_ref_have_keys_of_one_type<
// expect: error: static.assert.*roost: one column holds the key of whatever an AnyRef refers to
// expect-clang++: in instantiation of .*roost::orm::the_classes_of_an_any_ref_have_keys_of_one_type<
#include <roost/orm/compile_fail/any_ref_impl.hpp>
#include <roost/orm/metadata.hpp>

struct Field {
  std::int64_t row{};
  std::int64_t column{};
#ifdef ROOST_FIXED
  static constexpr auto meta = orm::entity("fields", primary_key<&Field::row>());
#else
  static constexpr auto meta = orm::entity("fields", primary_key<&Field::row, &Field::column>());
#endif
};
struct Flag {
  std::int64_t id{};
  AnyRef<Event, Field> of{};
  static constexpr auto meta =
      orm::entity("flags", primary_key<&Flag::id>(), many_to_one<&Flag::of>());
};

const auto list = orm::entities<Flag, Field, Event, Ticket>();
