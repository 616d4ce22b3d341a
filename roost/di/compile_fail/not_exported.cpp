// An imported module provides the type but does not export it.
// expect-g++: In instantiation of .struct roost::di::missing_provider<Clock, roost::di::needed_by<Report, 1>, roost::di::in_module<ReportModule> ?>
// expect: error: static.assert.*roost: .*import a module whose `exports` name it
// expect-clang++: in instantiation of .*roost::di::missing_provider<Clock, roost::di::needed_by<Report, 1>, roost::di::in_module<ReportModule> ?>
#include <roost/di/module.hpp>

class Clock {};
class Report {
 public:
  explicit Report(Clock&) {}
};

struct ClockModule {
#ifdef ROOST_FIXED
  using exports = roost::exports<Clock>;
#endif
  static roost::ModuleDef define() { return roost::module<ClockModule>(roost::providers<Clock>()); }
};
struct ReportModule {
  static roost::ModuleDef define() {
    return roost::module<ReportModule>(roost::imports<ClockModule>(), roost::providers<Report>());
  }
};
