// An interface without a bind.
// expect-g++: In instantiation of .struct roost::di::missing_implementation<Mailer, roost::di::needed_by<Newsletter, 1>, roost::di::in_module<NewsModule> ?>
// expect: error: static.assert.*roost: .*Add bind<Interface, Implementation>
// expect-clang++: in instantiation of .*roost::di::missing_implementation<Mailer, roost::di::needed_by<Newsletter, 1>, roost::di::in_module<NewsModule> ?>
#include <roost/di/module.hpp>

class Mailer {
 public:
  virtual ~Mailer() = default;
  virtual void send() = 0;
};
class SmtpMailer : public Mailer {
 public:
  void send() override {}
};
class Newsletter {
 public:
  explicit Newsletter(Mailer&) {}
};

struct NewsModule {
  static roost::ModuleDef define() {
    return roost::module<NewsModule>(
#ifdef ROOST_FIXED
        roost::alias<Mailer, SmtpMailer>(),
#endif
        roost::providers<SmtpMailer, Newsletter>());
  }
};
