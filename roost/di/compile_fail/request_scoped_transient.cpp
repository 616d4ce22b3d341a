// A transient provider lives as long as its consumer, so it may not take a request-scoped one.
// expect-g++: In instantiation of .struct roost::di::request_scoped_dependency<Session, roost::di::needed_by<Tracer, 1>, roost::di::in_module<TraceModule> ?>
// expect: error: static.assert.*roost: .*lives longer than a request
// expect-clang++: in instantiation of .*roost::di::request_scoped_dependency<Session, roost::di::needed_by<Tracer, 1>, roost::di::in_module<TraceModule> ?>
#include <roost/di/module.hpp>

class Session {
 public:
  using scope = roost::request_scoped;
};
class Tracer {
 public:
#ifdef ROOST_FIXED
  using scope = roost::request_scoped;
#else
  using scope = roost::transient;
#endif
  explicit Tracer(const Session&) {}
};

struct TraceModule {
  static roost::ModuleDef define() {
    return roost::module<TraceModule>(roost::providers<Session, Tracer>());
  }
};
