// A singleton factory that takes a request-scoped provider of another module, through an alias.
// expect-g++: In instantiation of .struct roost::di::request_scoped_dependency<Session, roost::di::needed_by<roost::di::factory_of<Account>, 1>, roost::di::in_module<AccountModule> ?>
// expect: error: static.assert.*roost: .*on the factory
// expect-clang++: in instantiation of .*roost::di::request_scoped_dependency<Session, roost::di::needed_by<roost::di::factory_of<Account>, 1>, roost::di::in_module<AccountModule> ?>
#include <roost/di/module.hpp>

class Session {
 public:
  using scope = roost::request_scoped;
};
class Account {};

struct SessionModule {
  using exports = roost::exports<Session>;
  static roost::ModuleDef define() {
    return roost::module<SessionModule>(roost::providers<Session>());
  }
};
struct AccountModule {
  static roost::ModuleDef define() {
    auto account = roost::factory<Account>([](Session*) { return Account{}; });
    return roost::module<AccountModule>(roost::imports<SessionModule>(),
#ifdef ROOST_FIXED
                                        account.scoped<roost::request_scoped>()
#else
                                        account
#endif
    );
  }
};
