// A factory that returns something else.
// expect-g++: In instantiation of .struct roost::di::wrong_factory_result<roost::di::factory_of<Report>, Clock, roost::di::in_module<ReportModule> ?>
// expect: error: static.assert.*roost: .*the function returns T
// expect-clang++: in instantiation of .*roost::di::wrong_factory_result<roost::di::factory_of<Report>, Clock, roost::di::in_module<ReportModule> ?>
#include <roost/di/module.hpp>

class Clock {};
class Report {};

struct ReportModule {
  static roost::ModuleDef define() {
    return roost::module<ReportModule>(
#ifdef ROOST_FIXED
        roost::factory<Report>([]() -> roost::Task<Report> { co_return Report{}; }));
#else
        roost::factory<Report>([]() -> roost::Task<Clock> { co_return Clock{}; }));
#endif
  }
};
