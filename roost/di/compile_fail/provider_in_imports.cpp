// A provider listed among the imports.
// expect-g++: In instantiation of .struct roost::di::not_a_module<CatsService, roost::di::in_module<CatsModule> ?>
// expect: error: static.assert.*roost: .*names something that is no module
// expect-clang++: in instantiation of .*roost::di::not_a_module<CatsService, roost::di::in_module<CatsModule> ?>
#include <roost/di/module.hpp>

class CatsService {};

struct CatsModule {
  static roost::ModuleDef define() {
#ifdef ROOST_FIXED
    return roost::module<CatsModule>(roost::providers<CatsService>());
#else
    return roost::module<CatsModule>(roost::imports<CatsService>());
#endif
  }
};
