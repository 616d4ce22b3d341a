// Fuzzer: any bytes as calls of the query builder; see sql/fuzz/query_program.hpp. What it does not
// refuse has no value in its text, nothing unquoted that is not its own, and is SQL to SQLite.
#include <roost/sql/fuzz/query_program.hpp>
#include <roost/sql/sqlite/fuzz/prepared.hpp>

#include <cstdio>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const roost::db::fuzz::Prepared prepared;
  const std::string complaint = prepared.check(std::span{data, size});
  if (complaint.empty()) return 0;
  std::fprintf(stderr, "%s\n", complaint.c_str());
  std::abort();
}
