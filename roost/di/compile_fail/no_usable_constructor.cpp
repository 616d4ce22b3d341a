// A constructor parameter that cannot be injected.
// expect-g++: In instantiation of .struct roost::di::no_usable_constructor<Report, roost::di::in_module<ReportModule> ?>
// expect: error: static.assert.*roost: .*can be called with injected arguments
// expect-clang++: in instantiation of .*roost::di::no_usable_constructor<Report, roost::di::in_module<ReportModule> ?>
#include <roost/di/module.hpp>

#include <memory>

class Clock {};
class Report {
 public:
#ifdef ROOST_FIXED
  explicit Report(std::shared_ptr<Clock>) {}
#else
  explicit Report(std::unique_ptr<Clock>) {}
#endif
};

struct ReportModule {
  static roost::ModuleDef define() {
    return roost::module<ReportModule>(roost::providers<Clock, Report>());
  }
};
