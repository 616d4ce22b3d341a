#include <roost/app/signals.hpp>
#include <roost/async/descriptor.hpp>
#include <roost/base/error.hpp>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <string>
#include <sys/signalfd.h>
#include <system_error>
#include <unistd.h>

namespace roost {

struct ProcessSignals::Mask {
  sigset_t before;
  sigset_t ending;
  sigset_t ours;
};

ProcessSignals::ProcessSignals(bool hangup) : mask_{std::make_unique<Mask>()} {
  std::signal(SIGPIPE, SIG_IGN);
  sigemptyset(&mask_->ending);
  sigaddset(&mask_->ending, SIGTERM);
  sigaddset(&mask_->ending, SIGINT);
  mask_->ours = mask_->ending;
  if (hangup) sigaddset(&mask_->ours, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &mask_->ours, &mask_->before);
  descriptor_ = ::signalfd(-1, &mask_->ours, SFD_CLOEXEC | SFD_NONBLOCK);
  if (descriptor_ < 0) {
    throw Error(std::string("signals cannot be received: ") +
                std::system_category().message(errno));
  }
}

ProcessSignals::~ProcessSignals() {
  ::close(descriptor_);
  pthread_sigmask(SIG_SETMASK, &mask_->before, nullptr);
}

Task<void> ProcessSignals::wait(UniqueFunction<void(std::string_view)> ended,
                                UniqueFunction<void()> hung_up) {
  for (;;) {
    co_await wait_readable(descriptor_);
    signalfd_siginfo info{};
    while (::read(descriptor_, &info, sizeof info) == sizeof info) {
      if (info.ssi_signo == SIGHUP) {
        hung_up();
        continue;
      }
      pthread_sigmask(SIG_UNBLOCK, &mask_->ending, nullptr);
      ended(info.ssi_signo == SIGINT ? "SIGINT" : "SIGTERM");
      co_return;
    }
  }
}

}  // namespace roost
