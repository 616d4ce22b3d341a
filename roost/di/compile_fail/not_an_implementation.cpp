// A class bound to an interface that it does not implement.
// expect-g++: In instantiation of .struct roost::di::not_an_implementation<Mailer, SmtpMailer, roost::di::in_module<MailModule> ?>
// expect: error: static.assert.*roost: .*derive from it publicly
// expect-clang++: in instantiation of .*roost::di::not_an_implementation<Mailer, SmtpMailer, roost::di::in_module<MailModule> ?>
#include <roost/di/module.hpp>

class Mailer {
 public:
  virtual ~Mailer() = default;
};
#ifdef ROOST_FIXED
class SmtpMailer : public Mailer {};
#else
class SmtpMailer {};
#endif

struct MailModule {
  static roost::ModuleDef define() {
    return roost::module<MailModule>(roost::bind<Mailer, SmtpMailer>());
  }
};
