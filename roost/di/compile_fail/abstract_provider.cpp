// An interface listed as if it could be constructed.
// expect-g++: In instantiation of .struct roost::di::abstract_provider<Mailer, roost::di::in_module<MailModule> ?>
// expect: error: static.assert.*roost: .*say which class implements it: bind
// expect-clang++: in instantiation of .*roost::di::abstract_provider<Mailer, roost::di::in_module<MailModule> ?>
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

struct MailModule {
  static roost::ModuleDef define() {
#ifdef ROOST_FIXED
    return roost::module<MailModule>(roost::bind<Mailer, SmtpMailer>());
#else
    return roost::module<MailModule>(roost::providers<Mailer>());
#endif
  }
};
