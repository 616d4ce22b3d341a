// A controller that takes what its module does not see.
// expect-g++: In instantiation of .struct roost::di::missing_provider<CatsService, roost::di::needed_by<CatsController, 1>, roost::di::in_module<CatsModule> ?>
// expect: error: static.assert.*roost: .*list the missing type in providers
// expect-clang++: in instantiation of .*roost::di::missing_provider<CatsService, roost::di::needed_by<CatsController, 1>, roost::di::in_module<CatsModule> ?>
#include <roost/di/module.hpp>

class CatsService {};
class CatsController {
 public:
  explicit CatsController(CatsService&) {}
};

struct CatsModule {
  static roost::ModuleDef define() {
    return roost::module<CatsModule>(
#ifdef ROOST_FIXED
        roost::providers<CatsService>(),
#endif
        roost::di::ControllerList<CatsController>{{nullptr}});
  }
};
