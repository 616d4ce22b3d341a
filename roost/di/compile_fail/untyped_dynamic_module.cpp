// A function that hides which module it defines.
// expect-g++: In instantiation of .struct roost::di::untyped_dynamic_module<roost::ModuleDef>
// expect: error: static.assert.*roost: .*takes dynamic modules, that is roost::DynamicModule<M>
// expect-clang++: in instantiation of .*roost::di::untyped_dynamic_module<roost::ModuleDef>
#include <roost/di/module.hpp>

struct ConfigModule {
#ifdef ROOST_FIXED
  static roost::DynamicModule<ConfigModule> for_root(){
#else
  static roost::ModuleDef for_root() {
#endif
      return roost::module<ConfigModule>();
}
}
;
struct AppModule {
  static roost::ModuleDef define() {
    return roost::module<AppModule>(roost::imports(ConfigModule::for_root()));
  }
};
