// What a module costs to compile with 20 providers, each with up to three dependencies, and the
// check of its wiring.
#include <roost/roost.hpp>

namespace bench {

struct ClockModule {
  using exports = roost::exports<struct Clock>;
  static roost::ModuleDef define();
};
struct Clock {
  long now = 0;
};

class Service0 {
 public:
  explicit Service0(Clock&);
};
class Service1 {
 public:
  explicit Service1(Service0&, Clock&);
};
class Service2 {
 public:
  explicit Service2(Service0&, Service1&, Clock&);
};
class Service3 {
 public:
  explicit Service3(Service0&, Service2&, Clock&);
};
class Service4 {
 public:
  explicit Service4(Service1&, Service3&, Clock&);
};
class Service5 {
 public:
  explicit Service5(Service1&, Service4&, Clock&);
};
class Service6 {
 public:
  explicit Service6(Service2&, Service5&, Clock&);
};
class Service7 {
 public:
  explicit Service7(Service0&, Service2&, Service6&, Clock&);
};
class Service8 {
 public:
  explicit Service8(Service1&, Service3&, Service7&, Clock&);
};
class Service9 {
 public:
  explicit Service9(Service2&, Service3&, Service8&, Clock&);
};
class Service10 {
 public:
  explicit Service10(Service3&, Service4&, Service9&, Clock&);
};
class Service11 {
 public:
  explicit Service11(Service4&, Service10&, Clock&);
};
class Service12 {
 public:
  explicit Service12(Service5&, Service11&, Clock&);
};
class Service13 {
 public:
  explicit Service13(Service5&, Service6&, Service12&, Clock&);
};
class Service14 {
 public:
  explicit Service14(Service6&, Service7&, Service13&, Clock&);
};
class Service15 {
 public:
  explicit Service15(Service6&, Service8&, Service14&, Clock&);
};
class Service16 {
 public:
  explicit Service16(Service7&, Service9&, Service15&, Clock&);
};
class Service17 {
 public:
  explicit Service17(Service7&, Service10&, Service16&, Clock&);
};
class Service18 {
 public:
  explicit Service18(Service8&, Service11&, Service17&, Clock&);
};
class Service19 {
 public:
  explicit Service19(Service8&, Service12&, Service18&, Clock&);
};

struct ServicesModule {
  using exports = roost::exports<Service0, Service19>;
  static roost::ModuleDef define();
};

roost::ModuleDef ServicesModule::define() {
  return roost::module<ServicesModule>(
      roost::imports<ClockModule>(),
      roost::providers<Service0, Service1, Service2, Service3, Service4, Service5, Service6,
                       Service7, Service8, Service9, Service10, Service11, Service12, Service13,
                       Service14, Service15, Service16, Service17, Service18, Service19>());
}

}  // namespace bench
