// Fuzzer: any bytes as a dynamic value; what is read must survive being written and read again.
#include <roost/json/read.hpp>
#include <roost/json/value.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

using roost::json::Value;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto result = roost::json::read<Value>(text);
  if (!result) {
    if (roost::json::to_string(result.issues).empty()) std::abort();
    return 0;
  }
  const std::string written = result.value.dump();
  if (Value::parse(written) != result.value) std::abort();
  if (Value::parse(result.value.dump_pretty()) != result.value) std::abort();
  return 0;
}
