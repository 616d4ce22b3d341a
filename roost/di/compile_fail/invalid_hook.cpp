// A lifecycle hook that returns something.
// expect-g++: In instantiation of .struct roost::di::InvalidHook<Cache>
// expect: error: static.assert.*roost: .*a lifecycle hook returns void or roost::Task<void>
// expect-clang++: in instantiation of .*roost::di::InvalidHook<Cache>
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
