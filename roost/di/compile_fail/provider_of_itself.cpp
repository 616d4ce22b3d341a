// A decorator that takes the interface that it is bound to.
// expect-g++: In instantiation of .struct roost::di::provider_cycle<roost::di::in_module<MailModule>, Mailer, Mailer>
// expect: error: static.assert.*roost: .*need each other in a circle
// expect-clang++: in instantiation of .*roost::di::provider_cycle<roost::di::in_module<MailModule>, Mailer, Mailer>
#include <roost/di/module.hpp>

class Mailer {
 public:
  virtual ~Mailer() = default;
};
class SmtpMailer : public Mailer {};
class LoggingMailer : public Mailer {
 public:
#ifdef ROOST_FIXED
  explicit LoggingMailer(SmtpMailer&) {}
#else
  explicit LoggingMailer(Mailer&) {}
#endif
};

struct MailModule {
  static roost::ModuleDef define() {
    return roost::module<MailModule>(roost::providers<SmtpMailer>(),
                                     roost::bind<Mailer, LoggingMailer>());
  }
};
