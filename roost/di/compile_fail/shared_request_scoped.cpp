// Shared ownership of what lives for one request.
// expect-g++: In instantiation of .struct roost::di::shared_request_scoped_dependency<Session, roost::di::needed_by<Basket, 1>, roost::di::in_module<ShopModule> ?>
// expect: error: static.assert.*roost: .*Take a reference instead
// expect-clang++: in instantiation of .*roost::di::shared_request_scoped_dependency<Session, roost::di::needed_by<Basket, 1>, roost::di::in_module<ShopModule> ?>
#include <roost/di/module.hpp>

#include <memory>

class Session {
 public:
  using scope = roost::request_scoped;
};
class Basket {
 public:
  using scope = roost::request_scoped;
#ifdef ROOST_FIXED
  explicit Basket(Session&) {}
#else
  explicit Basket(std::shared_ptr<Session>) {}
#endif
};

struct ShopModule {
  static roost::ModuleDef define() {
    return roost::module<ShopModule>(roost::providers<Session, Basket>());
  }
};
