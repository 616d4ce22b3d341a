// A reference into the guarded value would outlive the lock.
// expect: Synchronized: the callback returns a reference into the guarded value
// expect-g++: SynchronizedCallbackReturnsNoReference
#include <roost/async/synchronized.hpp>

#include <string>

roost::Synchronized<std::string> name;

std::size_t length() {
#ifdef ROOST_FIXED
  const std::string copy = name.read([](const std::string& text) { return text; });
#else
  const std::string copy =
      name.read([](const std::string& text) -> const std::string& { return text; });
#endif
  return copy.size();
}
