// A constructor parameter that the module neither provides nor imports.
// expect-g++: In instantiation of .struct roost::di::missing_provider<Mailer, roost::di::needed_by<UserService, 2>, roost::di::in_module<UsersModule> ?>
// expect: error: static.assert.*roost: .*a constructor parameter has no provider that its module can see
// expect-clang++: in instantiation of .*roost::di::missing_provider<Mailer, roost::di::needed_by<UserService, 2>, roost::di::in_module<UsersModule> ?>
#include <roost/di/module.hpp>

class Mailer {};
class UserStore {};
class UserService {
 public:
  UserService(UserStore&, Mailer&) {}
};

struct UsersModule {
  static roost::ModuleDef define() {
    return roost::module<UsersModule>(
#ifdef ROOST_FIXED
        roost::providers<Mailer>(),
#endif
        roost::providers<UserStore, UserService>());
  }
};
