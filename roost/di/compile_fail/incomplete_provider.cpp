// A provider that is only forward declared.
// expect-g++: In instantiation of .struct roost::di::incomplete_provider<CatsService, roost::di::in_module<CatsModule> ?>
// expect: error: static.assert.*roost: .*include its header in the file
// expect-clang++: in instantiation of .*roost::di::incomplete_provider<CatsService, roost::di::in_module<CatsModule> ?>
#include <roost/di/module.hpp>

class CatsService;
#ifdef ROOST_FIXED
class CatsService {};
#endif

struct CatsModule {
  static roost::ModuleDef define() {
    return roost::module<CatsModule>(roost::providers<CatsService>());
  }
};
