// A dynamic module imported by class.
// expect-g++: In instantiation of .struct roost::di::not_a_module<ConfigModule, roost::di::in_module<AppModule> ?>
// expect: error: static.assert.*roost: .*as in imports\(ConfigModule::for_root\(options\)\)
// expect-clang++: in instantiation of .*roost::di::not_a_module<ConfigModule, roost::di::in_module<AppModule> ?>
#include <roost/di/module.hpp>

class Options {};
struct ConfigModule {
  using exports = roost::exports<Options>;
  static roost::DynamicModule<ConfigModule> for_root() {
    return roost::module<ConfigModule>(roost::providers<Options>());
  }
};
class Greeter {
 public:
  explicit Greeter(Options&) {}
};

struct AppModule {
  static roost::ModuleDef define() {
    return roost::module<AppModule>(roost::providers<Greeter>(),
#ifdef ROOST_FIXED
                                    roost::imports(ConfigModule::for_root())
#else
                                    roost::imports<ConfigModule>()
#endif
    );
  }
};
