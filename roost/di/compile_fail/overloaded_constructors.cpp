// Two constructors with the same number of parameters.
// expect-g++: In instantiation of .struct roost::di::no_usable_constructor<Report, roost::di::in_module<ReportModule> ?>
// expect: error: static.assert.*roost: .*or several can
// expect-clang++: in instantiation of .*roost::di::no_usable_constructor<Report, roost::di::in_module<ReportModule> ?>
#include <roost/di/module.hpp>

class Clock {};
class Calendar {};
class Report {
 public:
#ifdef ROOST_FIXED
  using inject = roost::Args<Clock&>;
#endif
  explicit Report(Clock&) {}
  explicit Report(Calendar&) {}
};

struct ReportModule {
  static roost::ModuleDef define() {
    return roost::module<ReportModule>(roost::providers<Clock, Calendar, Report>());
  }
};
