// A module re-exported without being imported.
// expect-g++: In instantiation of .struct roost::di::unknown_export<ClockModule, roost::di::in_module<CatsModule> ?>
// expect: error: static.assert.*roost: .*to re-export a module, include its header here and import it
// expect-clang++: in instantiation of .*roost::di::unknown_export<ClockModule, roost::di::in_module<CatsModule> ?>
#include <roost/di/module.hpp>

struct ClockModule {
  static roost::ModuleDef define() { return roost::module<ClockModule>(); }
};
struct CatsModule {
  using exports = roost::exports<ClockModule>;
  static roost::ModuleDef define() {
#ifdef ROOST_FIXED
    return roost::module<CatsModule>(roost::imports<ClockModule>());
#else
    return roost::module<CatsModule>();
#endif
  }
};
