// A lifecycle hook that returns something.
// expect-g++: In instantiation of .struct roost::di::invalid_hook<Cache, roost::di::in_module<CacheModule> ?>
// expect: error: static.assert.*roost: .*hooks return void or
// expect-clang++: in instantiation of .*roost::di::invalid_hook<Cache, roost::di::in_module<CacheModule> ?>
#include <roost/di/module.hpp>

class Cache {
 public:
#ifdef ROOST_FIXED
  void on_module_init() {}
#else
  int on_module_init() { return 0; }
#endif
};

struct CacheModule {
  static roost::ModuleDef define() { return roost::module<CacheModule>(roost::providers<Cache>()); }
};
