// A module listed among the providers.
// expect-g++: In instantiation of .struct roost::di::module_listed_as_provider<ClockModule, roost::di::in_module<AppModule> ?>
// expect: error: static.assert.*roost: .*list it in imports
// expect-clang++: in instantiation of .*roost::di::module_listed_as_provider<ClockModule, roost::di::in_module<AppModule> ?>
#include <roost/di/module.hpp>

struct ClockModule {
  static roost::ModuleDef define() { return roost::module<ClockModule>(); }
};
struct AppModule {
  static roost::ModuleDef define() {
#ifdef ROOST_FIXED
    return roost::module<AppModule>(roost::imports<ClockModule>());
#else
    return roost::module<AppModule>(roost::providers<ClockModule>());
#endif
  }
};
