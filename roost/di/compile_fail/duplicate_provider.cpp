// One type provided twice in a module.
// expect-g++: In instantiation of .struct roost::di::duplicate_provider<Mailer, roost::di::in_module<MailModule> ?>
// expect: error: static.assert.*roost: .*provides the same type twice
// expect-clang++: in instantiation of .*roost::di::duplicate_provider<Mailer, roost::di::in_module<MailModule> ?>
#include <roost/di/module.hpp>

class Mailer {};

struct MailModule {
  static roost::ModuleDef define() {
    return roost::module<MailModule>(roost::providers<Mailer>()
#ifndef ROOST_FIXED
                                         ,
                                     roost::value<Mailer>(Mailer{})
#endif
    );
  }
};
