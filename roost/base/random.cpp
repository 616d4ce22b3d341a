#include <roost/base/error.hpp>
#include <roost/base/random.hpp>

#include <cerrno>
#include <sys/random.h>
#include <system_error>

namespace roost {

void fill_random(void* out, std::size_t size) {
  auto* next = static_cast<unsigned char*>(out);
  while (size > 0) {
    const ssize_t got = getrandom(next, size, 0);
    if (got < 0) {
      if (errno == EINTR) continue;
      throw Error("no random numbers: getrandom failed: " + std::generic_category().message(errno));
    }
    next += got;
    size -= static_cast<std::size_t>(got);
  }
}

}  // namespace roost
