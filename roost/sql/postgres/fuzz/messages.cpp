// Fuzz target: whatever a server sends is read, or refused, and however it is cut the same.
#include <roost/sql/postgres/detail/messages.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace roost::db::postgres::detail;

void require(bool holds) {
  if (!holds) std::abort();
}

// All cells as text, so that every byte that a value shows is looked at.
void look_at(const Rows& rows, std::string& out) {
  for (std::size_t row = 0; row < rows.row_count(); ++row) {
    for (std::size_t column = 0; column < rows.column_count(); ++column) {
      out += rows.column_name(column);
      try {
        out += to_readable(rows.value(row, column), 100);
      } catch (const roost::Error&) {
        out += '?';
      }
    }
  }
}

// What is understood of a stream that comes in pieces of this size.
std::string read_all(std::string_view stream, std::size_t piece) {
  MessageReader reader;
  std::shared_ptr<const RowShape> shape = no_columns();
  RowBuffer buffer;
  std::string out;
  try {
    while (!stream.empty()) {
      const std::span<char> room = reader.room();
      const std::size_t size = std::min({piece, room.size(), stream.size()});
      std::copy_n(stream.begin(), size, room.begin());
      stream.remove_prefix(size);
      reader.received(size);
      while (const auto message = reader.next()) {
        out += message->type;
        if (message->type == 'T') shape = read_shape(message->body);
        if (message->type == 'D') buffer.append(message->body, shape->columns().size());
        if (message->type == 'C' || message->type == 'B') {
          const std::uint64_t affected =
              message->type == 'C' ? read_affected_rows(message->body) : 0;
          const Rows rows{shape, message->type == 'B', affected, buffer};
          look_at(rows, out);
        }
        if (message->type == 'E') out += read_error(message->body).message;
        if (message->type == 'T') buffer.clear();
      }
    }
  } catch (const ProtocolError& error) {
    out += error.what();
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view stream{reinterpret_cast<const char*>(data), size};
  const std::string whole = read_all(stream, size + 1);
  require(read_all(stream, 1) == whole);
  require(read_all(stream, 13) == whole);
  return 0;
}
