// A factory whose parameter nobody provides.
// expect-g++: In instantiation of .struct roost::di::missing_provider<Settings, roost::di::needed_by<roost::di::factory_of<Database>, 1>, roost::di::in_module<DataModule> ?>
// expect: error: static.assert.*roost: .*a constructor parameter has no provider
// expect-clang++: in instantiation of .*roost::di::missing_provider<Settings, roost::di::needed_by<roost::di::factory_of<Database>, 1>, roost::di::in_module<DataModule> ?>
#include <roost/di/module.hpp>

class Settings {};
class Database {};

struct DataModule {
  static roost::ModuleDef define() {
    return roost::module<DataModule>(
#ifdef ROOST_FIXED
        roost::providers<Settings>(),
#endif
        roost::factory<Database>([](const Settings&) { return Database{}; }));
  }
};
