#include <roost/app/signals.hpp>
#include <roost/async/descriptor.hpp>
#include <roost/base/error.hpp>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <sys/signalfd.h>
#include <unistd.h>

namespace roost {

struct TerminationSignals::Mask {
  sigset_t before;
  sigset_t ours;
};

TerminationSignals::TerminationSignals() : mask_{std::make_unique<Mask>()} {
  std::signal(SIGPIPE, SIG_IGN);
  sigemptyset(&mask_->ours);
  sigaddset(&mask_->ours, SIGTERM);
  sigaddset(&mask_->ours, SIGINT);
  pthread_sigmask(SIG_BLOCK, &mask_->ours, &mask_->before);
  descriptor_ = ::signalfd(-1, &mask_->ours, SFD_CLOEXEC | SFD_NONBLOCK);
  if (descriptor_ < 0) {
    throw Error(std::string("signals cannot be received: ") + std::strerror(errno));
  }
}

TerminationSignals::~TerminationSignals() {
  ::close(descriptor_);
  pthread_sigmask(SIG_SETMASK, &mask_->before, nullptr);
}

Task<void> TerminationSignals::wait(UniqueFunction<void(std::string_view)> arrived) {
  co_await wait_readable(descriptor_);
  signalfd_siginfo info{};
  if (::read(descriptor_, &info, sizeof info) == sizeof info) {
    pthread_sigmask(SIG_UNBLOCK, &mask_->ours, nullptr);
    arrived(info.ssi_signo == SIGINT ? "SIGINT" : "SIGTERM");
  }
}

}  // namespace roost
