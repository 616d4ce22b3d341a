// A class with two constructors.
// expect-g++: In instantiation of .struct roost::di::several_constructors<Report, roost::di::in_module<ReportModule> ?>
// expect: error: static.assert.*roost: .*it is not clear which constructor to use
// expect-clang++: in instantiation of .*roost::di::several_constructors<Report, roost::di::in_module<ReportModule> ?>
#include <roost/di/module.hpp>

class Clock {};
class Report {
 public:
#ifdef ROOST_FIXED
  using inject = roost::Args<Clock&>;
#endif
  Report() = default;
  explicit Report(Clock&) {}
};

struct ReportModule {
  static roost::ModuleDef define() {
    return roost::module<ReportModule>(roost::providers<Clock, Report>());
  }
};
