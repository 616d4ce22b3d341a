// Providers of one module that need each other.
// expect-g++: In instantiation of .struct roost::di::provider_cycle<roost::di::in_module<ShopModule>, Orders, Payments, Invoices, Orders>
// expect: error: static.assert.*roost: .*need each other in a circle
// expect-clang++: in instantiation of .*roost::di::provider_cycle<roost::di::in_module<ShopModule>, Orders, Payments, Invoices, Orders>
#include <roost/di/module.hpp>

class Payments;
class Orders {
 public:
#ifdef ROOST_FIXED
  explicit Orders(roost::Lazy<Payments>) {}
#else
  explicit Orders(Payments&) {}
#endif
};
class Invoices {
 public:
  explicit Invoices(const Orders&) {}
};
class Payments {
 public:
  explicit Payments(Invoices*) {}
};

struct ShopModule {
  static roost::ModuleDef define() {
    return roost::module<ShopModule>(roost::providers<Orders, Invoices, Payments>());
  }
};
