// An export that the module does not have.
// expect-g++: In instantiation of .struct roost::di::unknown_export<CatsStore, roost::di::in_module<CatsModule> ?>
// expect: error: static.assert.*roost: .*exports something that it neither provides nor imports
// expect-clang++: in instantiation of .*roost::di::unknown_export<CatsStore, roost::di::in_module<CatsModule> ?>
#include <roost/di/module.hpp>

class CatsService {};
class CatsStore {};

struct CatsModule {
#ifdef ROOST_FIXED
  using exports = roost::exports<CatsService>;
#else
  using exports = roost::exports<CatsService, CatsStore>;
#endif
  static roost::ModuleDef define() {
    return roost::module<CatsModule>(roost::providers<CatsService>());
  }
};
