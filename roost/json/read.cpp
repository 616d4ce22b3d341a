// The entry points of reading.
#include <roost/json/detail/reader.hpp>
#include <roost/json/read.hpp>

namespace roost::json {

bool read(const reflect::TypeDescriptor& type, void* object, std::string_view text,
          const ReadOptions& options, Issues& issues) {
  return detail::Reader{text, options, issues}.read_document(type, object);
}

Value Value::parse(std::string_view text) {
  Value value;
  Issues issues;
  const ReadOptions options;
  if (!detail::Reader{text, options, issues}.read_document(value)) {
    throw ReadError(std::move(issues));
  }
  return value;
}

}  // namespace roost::json
