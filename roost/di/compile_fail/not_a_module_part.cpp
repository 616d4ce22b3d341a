// Something in module() that does not belong there.
// expect-g++: In instantiation of .struct roost::di::not_a_module_part<Settings, roost::di::in_module<AppModule> ?>
// expect: error: static.assert.*roost: .*takes imports<\.\.\.>
// expect-clang++: in instantiation of .*roost::di::not_a_module_part<Settings, roost::di::in_module<AppModule> ?>
#include <roost/di/module.hpp>

class Settings {};

struct AppModule {
  static roost::ModuleDef define() {
#ifdef ROOST_FIXED
    return roost::module<AppModule>(roost::value<Settings>(Settings{}));
#else
    return roost::module<AppModule>(Settings{});
#endif
  }
};
