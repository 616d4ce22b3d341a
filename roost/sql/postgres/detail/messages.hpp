// PRIVATE: the messages of PostgreSQL's protocol, version 3.0, as far as statements need them:
// written into and read from memory, without a socket. ("Frontend/Backend Protocol" in PostgreSQL's
// documentation.)
//
// libpq opens connections: addresses, TLS, authentication. From then on its part would be to ask
// for a description of every result, and to copy each into three allocations; here the columns of
// a prepared statement are described once, and a small result is one.
#pragma once

#include <roost/base/error.hpp>
#include <roost/sql/postgres/detail/byte_buffer.hpp>
#include <roost/sql/postgres/detail/rows.hpp>
#include <roost/sql/postgres/detail/types.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace roost::db::postgres::detail {

/// The server said what it may not say: the connection is of no use any more.
class ProtocolError : public Error {
 public:
  explicit ProtocolError(std::string_view what)
      : Error{"PostgreSQL sent something that is no message of its protocol: " +
              std::string{what}} {}
};

/// Messages that wait to be sent.
class MessageWriter {
 public:
  /// Throws UsageError for a text that the protocol cannot carry.
  void parse(std::string_view name, std::string_view text, std::span<const ValueType> parameters);
  void describe_statement(std::string_view name);
  /// Of the portal that was bound last.
  void describe_portal();
  /// `declared`: the types of the values in parse(); `arrays`: those that the server has told, or
  /// empty. Throws UsageError for a wrong number of values, or more than a message may carry;
  /// InvalidValue for what PostgreSQL cannot store. Then nothing has been written.
  void bind(std::string_view name, std::span<const ValueView> values,
            std::span<const ValueType> declared, std::span<const Oid> arrays, bool binary_results);
  void execute();
  void sync();
  /// Asks for the answers to what was sent so far.
  void flush();

  [[nodiscard]] std::string_view pending() const { return bytes_.view().substr(sent_); }
  /// Takes back what was written since there were so many bytes pending; none of it was sent.
  void take_back(std::size_t pending) { bytes_.shrink(sent_ + pending); }
  void sent(std::size_t size);

 private:
  char* begin(char type, std::size_t size);
  void describe(char kind, std::string_view name);

  ByteBuffer bytes_;
  std::size_t sent_ = 0;
};

struct Message {
  char type = 0;
  std::string_view body;
};

/// Messages that arrive in pieces.
class MessageReader {
 public:
  /// Where the next bytes go. What next() has given is gone.
  [[nodiscard]] std::span<char> room();
  void received(std::size_t size) { end_ += size; }
  /// The next whole message, valid until room() is called. Throws ProtocolError.
  [[nodiscard]] std::optional<Message> next();

 private:
  std::unique_ptr<char[]> buffer_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::size_t needed_ = 0;  // of the message that has begun to arrive
};

/// Reads the body of a message; every member throws ProtocolError at its end.
class MessageParser {
 public:
  explicit MessageParser(std::string_view body) : rest_{body} {}

  [[nodiscard]] std::uint8_t take_uint8() { return take_number<std::uint8_t>(); }
  [[nodiscard]] std::uint16_t take_uint16() { return take_number<std::uint16_t>(); }
  [[nodiscard]] std::uint32_t take_uint32() { return take_number<std::uint32_t>(); }
  /// Up to a NUL, which is skipped.
  [[nodiscard]] std::string_view take_text();
  [[nodiscard]] std::string_view take(std::size_t size) {
    if (rest_.size() < size) refuse_end();
    const std::string_view taken{rest_.data(), size};
    rest_.remove_prefix(size);
    return taken;
  }
  void skip(std::size_t size) { static_cast<void>(take(size)); }
  void expect_end() const {
    if (!rest_.empty()) refuse_more();
  }
  [[nodiscard]] std::string_view rest() const { return rest_; }

 private:
  [[noreturn]] static void refuse_end();
  [[noreturn]] static void refuse_more();
  template <class Unsigned>
  Unsigned take_number() {
    return read_big_endian<Unsigned>(take(sizeof(Unsigned)).data());
  }

  std::string_view rest_;
};

/// Of a ParameterDescription.
[[nodiscard]] std::vector<Oid> read_parameter_types(std::string_view body);
/// Of a RowDescription.
[[nodiscard]] std::shared_ptr<const RowShape> read_shape(std::string_view body);
/// Of a statement that returns no rows.
[[nodiscard]] const std::shared_ptr<const RowShape>& no_columns();

/// Of a CommandComplete: how many rows were written; 0 where rows were only read.
[[nodiscard]] std::uint64_t read_affected_rows(std::string_view body);

/// What an ErrorResponse says; views of its body.
struct ErrorFields {
  std::string_view severity;  // not translated
  std::string_view code;
  std::string_view message;
  std::string_view detail;
  std::string_view hint;
  std::string_view position;
  std::string_view schema;
  std::string_view table;
  std::string_view column;
  std::string_view constraint;
};
[[nodiscard]] ErrorFields read_error(std::string_view body);

}  // namespace roost::db::postgres::detail
