// A class with members to fill but without a constructor.
// expect-g++: In instantiation of .struct roost::di::aggregate_provider<Report, roost::di::in_module<ReportModule> ?>
// expect: error: static.assert.*roost: .*but no constructor
// expect-clang++: in instantiation of .*roost::di::aggregate_provider<Report, roost::di::in_module<ReportModule> ?>
#include <roost/di/module.hpp>

class Clock {};
struct Report {
#ifdef ROOST_FIXED
  explicit Report(Clock& injected) : clock{injected} {}
#endif
  Clock& clock;
};

struct ReportModule {
  static roost::ModuleDef define() {
    return roost::module<ReportModule>(roost::providers<Clock, Report>());
  }
};
