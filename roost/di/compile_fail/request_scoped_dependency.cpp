// A singleton that takes a request-scoped provider.
// expect-g++: In instantiation of .struct roost::di::request_scoped_dependency<EntityManager, roost::di::needed_by<CatsService, 1>, roost::di::in_module<CatsModule> ?>
// expect: error: static.assert.*roost: .*using scope = roost::request_scoped
// expect-clang++: in instantiation of .*roost::di::request_scoped_dependency<EntityManager, roost::di::needed_by<CatsService, 1>, roost::di::in_module<CatsModule> ?>
#include <roost/di/module.hpp>

class EntityManager {
 public:
  using scope = roost::request_scoped;
};
class CatsService {
 public:
#ifdef ROOST_FIXED
  using scope = roost::request_scoped;
#endif
  explicit CatsService(EntityManager&) {}
};

struct CatsModule {
  static roost::ModuleDef define() {
    return roost::module<CatsModule>(roost::providers<EntityManager, CatsService>());
  }
};
