// A global module whose export does not say that it is global.
// expect-g++: In instantiation of .struct roost::di::export_not_global<AppConfig, roost::di::in_module<ConfigModule> ?>
// expect: error: static.assert.*roost: .*using visibility = roost::global
// expect-clang++: in instantiation of .*roost::di::export_not_global<AppConfig, roost::di::in_module<ConfigModule> ?>
#include <roost/di/module.hpp>

class AppConfig {
#ifdef ROOST_FIXED
 public:
  using visibility = roost::global;
#endif
};

struct ConfigModule {
  using exports = roost::exports<AppConfig>;
  static roost::ModuleDef define() {
    return roost::module<ConfigModule>(roost::providers<AppConfig>(), roost::global());
  }
};
