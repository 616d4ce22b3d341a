// Prints the table of hostile requests, a line of name, status and bytes (in hex) each, for
// tests/faults.py.
#include <roost/http/detail/hostile_requests.hpp>

#include <cstdio>
#include <string>

int main() {
  for (const auto& request : roost::http::detail::hostile_requests()) {
    std::string bytes;
    for (const char c : request.bytes) {
      const auto byte = static_cast<unsigned char>(c);
      bytes += "0123456789abcdef"[byte >> 4U];
      bytes += "0123456789abcdef"[byte & 0xFU];
    }
    std::printf("%s\t%u\t%s\n", request.name, request.status, bytes.c_str());
  }
}
