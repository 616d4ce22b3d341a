// A controller listed among the providers.
// expect-g++: In instantiation of .struct roost::di::controller_listed_as_provider<CatsController, roost::di::in_module<AppModule> ?>
// expect: error: static.assert.*roost: .*or its routes will not exist
// expect-clang++: in instantiation of .*roost::di::controller_listed_as_provider<CatsController, roost::di::in_module<AppModule> ?>
#include <roost/di/module.hpp>

class CatsController {
 public:
  static constexpr int routes = 0;
};
struct AppModule {
  static roost::ModuleDef define() {
#ifdef ROOST_FIXED
    return roost::module<AppModule>(roost::di::ControllerList<CatsController>{{nullptr}});
#else
    return roost::module<AppModule>(roost::providers<CatsController>());
#endif
  }
};
