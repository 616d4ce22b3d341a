// A class with private members that lists none.
// expect-g++: In instantiation of .struct roost::reflect::the_class_is_no_aggregate_and_lists_no_members<Account>
// expect: error: static.assert.*roost: .*members must be listed
// expect-clang++: in instantiation of .*roost::reflect::the_class_is_no_aggregate_and_lists_no_members<Account>
#include <roost/meta/describe.hpp>

#include <string>

class Account {
  std::string name_;

 public:
  explicit Account(std::string name) : name_{name} {}

#ifdef ROOST_FIXED
  static constexpr auto meta = roost::meta(roost::field<&Account::name_>());
#endif
};

const auto& type = roost::reflect::type_of<Account>();
