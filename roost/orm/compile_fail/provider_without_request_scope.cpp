// A provider that takes the entity manager and does not say that it lives for one request.
// expect-g++: In instantiation of .struct roost::di::request_scoped_dependency<roost::orm::EntityManager, roost::di::needed_by<EventsService, 1>, roost::di::in_module<EventsModule> ?>
// expect: error: static.assert.*roost: .*using scope = roost::request_scoped
// expect-clang++: in instantiation of .*roost::di::request_scoped_dependency<roost::orm::EntityManager
#include <roost/di/module.hpp>
#include <roost/orm/orm_module.hpp>

using namespace roost;

class EventsService {
 public:
#ifdef ROOST_FIXED
  using scope = request_scoped;
#endif
  explicit EventsService(EntityManager& em) : em_{em} {}

 private:
  [[maybe_unused]] EntityManager& em_;
};

struct EventsModule {
  static ModuleDef define();
};
ModuleDef EventsModule::define() {
  return module<EventsModule>(imports(OrmModule::for_root(OrmOptions{"sqlite::memory:"}, {})),
                              providers<EventsService>());
}
