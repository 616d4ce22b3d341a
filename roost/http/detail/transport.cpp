// Sending and receiving on a socket.
#include <roost/http/detail/transport.hpp>

#include <array>
#include <cerrno>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

namespace roost::http::detail {

namespace {

IoResult failed() noexcept {
  const bool wait = errno == EAGAIN || errno == EWOULDBLOCK;
  return {wait ? IoResult::Kind::would_block : IoResult::Kind::broken, 0};
}

}  // namespace

IoResult SocketTransport::receive(char* data, std::size_t size) noexcept {
  for (;;) {
    const ssize_t received = ::recv(descriptor_, data, size, 0);
    if (received > 0) return {IoResult::Kind::done, static_cast<std::size_t>(received)};
    if (received == 0) return {IoResult::Kind::end, 0};
    if (errno != EINTR) return failed();
  }
}

IoResult SocketTransport::send(std::string_view data) noexcept {
  for (;;) {
    const ssize_t sent = ::send(descriptor_, data.data(), data.size(), MSG_NOSIGNAL);
    if (sent >= 0) return {IoResult::Kind::done, static_cast<std::size_t>(sent)};
    if (errno != EINTR) return failed();
  }
}

IoResult SocketTransport::send(std::string_view first, std::string_view second) noexcept {
  // The kernel only reads; its type of buffers knows no const.
  std::array<iovec, 2> buffers{iovec{const_cast<char*>(first.data()), first.size()},
                               iovec{const_cast<char*>(second.data()), second.size()}};
  msghdr message{};
  message.msg_iov = buffers.data();
  message.msg_iovlen = buffers.size();
  for (;;) {
    const ssize_t sent = ::sendmsg(descriptor_, &message, MSG_NOSIGNAL);
    if (sent >= 0) return {IoResult::Kind::done, static_cast<std::size_t>(sent)};
    if (errno != EINTR) return failed();
  }
}

void SocketTransport::end_sending() noexcept { ::shutdown(descriptor_, SHUT_WR); }

void SocketTransport::close() noexcept {
  if (descriptor_ < 0) return;
  ::close(descriptor_);
  descriptor_ = -1;
}

}  // namespace roost::http::detail
