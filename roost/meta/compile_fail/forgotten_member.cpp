// A class that lists its members, but not all.
// expect-g++: In instantiation of .struct roost::reflect::a_member_of_the_class_is_not_listed<Account>
// expect: error: static.assert.*roost: .*list every member in the order of declaration
// expect-clang++: in instantiation of .*roost::reflect::a_member_of_the_class_is_not_listed<Account>
#include <roost/meta/describe.hpp>

#include <string>

class Account {
  std::string name_;
  std::string owner_;
  double balance_ = 0;

 public:
  static constexpr auto meta = roost::meta(roost::field<&Account::name_>(),
#ifdef ROOST_FIXED
                                           roost::field<&Account::owner_>(),
#endif
                                           roost::field<&Account::balance_>());
};

const auto& type = roost::reflect::type_of<Account>();
