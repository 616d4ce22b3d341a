// The type of a parameter is only forward declared, so that nobody can know that it is global.
// expect-g++: In instantiation of .struct roost::di::incomplete_dependency<AppConfig, roost::di::needed_by<Greeter, 1>, roost::di::in_module<GreeterModule> ?>
// expect: error: static.assert.*roost: .*include its header in the file
// expect-clang++: in instantiation of .*roost::di::incomplete_dependency<AppConfig, roost::di::needed_by<Greeter, 1>, roost::di::in_module<GreeterModule> ?>
#include <roost/di/module.hpp>

class AppConfig;
class Greeter {
 public:
  explicit Greeter(AppConfig&) {}
};
#ifdef ROOST_FIXED
class AppConfig {
 public:
  using visibility = roost::global;
};
#endif

struct GreeterModule {
  static roost::ModuleDef define() {
    return roost::module<GreeterModule>(roost::providers<Greeter>());
  }
};
