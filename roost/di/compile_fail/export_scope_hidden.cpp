// A request-scoped provider exported as a type that does not say so.
// expect-g++: In instantiation of .struct roost::di::export_scope_hidden<Session, roost::di::in_module<SessionModule> ?>
// expect: error: static.assert.*roost: .*specialise roost::scope_of
// expect-clang++: in instantiation of .*roost::di::export_scope_hidden<Session, roost::di::in_module<SessionModule> ?>
#include <roost/di/module.hpp>

class Session {
#ifdef ROOST_FIXED
 public:
  using scope = roost::request_scoped;
#endif
};

struct SessionModule {
  using exports = roost::exports<Session>;
  static roost::ModuleDef define() {
    return roost::module<SessionModule>(
        roost::factory<Session>([] { return Session{}; }).scoped<roost::request_scoped>());
  }
};
