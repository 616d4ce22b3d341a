// A factory whose parameters are not written out.
// expect-g++: In instantiation of .struct roost::di::opaque_factory<roost::di::factory_of<Report>, roost::di::in_module<ReportModule> ?>
// expect: error: static.assert.*roost: .*Write the parameter types out
// expect-clang++: in instantiation of .*roost::di::opaque_factory<roost::di::factory_of<Report>, roost::di::in_module<ReportModule> ?>
#include <roost/di/module.hpp>

class Clock {};
class Report {};

struct ReportModule {
  static roost::ModuleDef define() {
    return roost::module<ReportModule>(roost::providers<Clock>(),
#ifdef ROOST_FIXED
                                       roost::factory<Report>([](Clock&) { return Report{}; }));
#else
                                       roost::factory<Report>([](auto&) { return Report{}; }));
#endif
  }
};
