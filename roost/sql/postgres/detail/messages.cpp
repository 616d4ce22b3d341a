// Writing and reading messages.
#include <roost/sql/errors.hpp>
#include <roost/sql/postgres/detail/messages.hpp>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <utility>
#include <vector>

namespace roost::db::postgres::detail {

namespace {

/// PostgreSQL refuses larger ones (MaxAllocSize).
constexpr std::size_t largest_message = 0x3fff'ffff;
constexpr std::size_t largest_body = largest_message - 4;
constexpr std::size_t head_size = 5;  // type and length
/// Execute: the portal without a name, all rows.
constexpr std::string_view execute_all{"E\0\0\0\x09\0\0\0\0\0", 10};
constexpr std::size_t first_room = 65'536;
constexpr std::size_t least_room = 16'384;
/// What a connection keeps between messages.
constexpr std::size_t most_kept = 1'048'576;

/// Writes into memory that is large enough.
class Pen {
 public:
  explicit Pen(char* at) : at_{at} {}

  Pen& byte(char value) {
    *at_++ = value;
    return *this;
  }
  Pen& uint16(std::size_t number) { return write(static_cast<std::uint16_t>(number)); }
  Pen& uint32(std::size_t number) { return write(static_cast<std::uint32_t>(number)); }
  Pen& bytes(std::string_view text) {
    at_ = std::copy(text.begin(), text.end(), at_);
    return *this;
  }
  Pen& text(std::string_view text) { return bytes(text).byte('\0'); }
  Pen& skip(std::size_t size) {
    at_ += size;
    return *this;
  }

 private:
  template <class Unsigned>
  Pen& write(Unsigned number) {
    write_big_endian(at_, number);
    at_ += sizeof number;
    return *this;
  }

  char* at_;
};

/// A message that is being written; goes again unless it is finished.
class Unfinished {
 public:
  explicit Unfinished(ByteBuffer& bytes) : bytes_{bytes}, start_{bytes.size()} {}
  Unfinished(const Unfinished&) = delete;
  Unfinished& operator=(const Unfinished&) = delete;
  ~Unfinished() {
    if (!finished_) bytes_.shrink(start_);
  }
  [[nodiscard]] std::size_t start() const { return start_; }
  void finish() { finished_ = true; }

 private:
  ByteBuffer& bytes_;
  std::size_t start_;
  bool finished_ = false;
};

[[noreturn]] void refuse_size() {
  throw UsageError("a statement and its values are larger than the gigabyte that PostgreSQL takes");
}

}  // namespace

// MessageWriter.

/// Room for a message whose body has this size; its head is there.
char* MessageWriter::begin(char type, std::size_t size) {
  char* message = bytes_.grow(head_size + size);
  Pen{message}.byte(type).uint32(size + 4);
  return message + head_size;
}

void MessageWriter::parse(std::string_view name, std::string_view text,
                          std::span<const ValueType> parameters) {
  if (text.find('\0') != std::string_view::npos) {
    throw UsageError("the text of a statement has a NUL character in it");
  }
  const std::size_t size = name.size() + text.size() + 4 + 4 * parameters.size();
  if (size > largest_body) refuse_size();
  Pen pen{begin('P', size)};
  pen.text(name).text(text).uint16(parameters.size());
  for (const ValueType type : parameters) pen.uint32(oid_of(type));
}

void MessageWriter::describe(char kind, std::string_view name) {
  Pen{begin('D', name.size() + 2)}.byte(kind).text(name);
}

void MessageWriter::describe_statement(std::string_view name) { describe('S', name); }
void MessageWriter::describe_portal() { describe('P', {}); }

void MessageWriter::bind(std::string_view name, std::span<const ValueView> values,
                         std::span<const ValueType> declared, std::span<const Oid> arrays,
                         bool binary_results) {
  if (values.size() != declared.size()) {
    throw UsageError("a statement with " + std::to_string(declared.size()) +
                     " declared parameters got " + std::to_string(values.size()) + " values");
  }
  Unfinished message{bytes_};
  Pen pen{begin('B', name.size() + 6 + 2 * values.size())};
  pen.text({}).text(name).uint16(values.size());  // the portal has no name
  pen.skip(2 * values.size()).uint16(values.size());
  std::size_t format = message.start() + head_size + name.size() + 4;
  for (std::size_t i = 0; i < values.size(); ++i, format += 2) {
    const Oid array = i < arrays.size() ? arrays[i] : 0;
    const bool binary = append_parameter(bytes_, values[i], declared[i], array);
    write_big_endian(bytes_.data() + format, static_cast<std::uint16_t>(binary ? 1 : 0));
    if (bytes_.size() - message.start() > largest_message) refuse_size();  // before the next one
  }
  Pen{bytes_.grow(4)}.uint16(1).uint16(binary_results ? 1 : 0);  // one format for all columns
  const std::size_t size = bytes_.size() - message.start() - 1;
  if (size > largest_message) refuse_size();
  write_big_endian(bytes_.data() + message.start() + 1, static_cast<std::uint32_t>(size));
  message.finish();
}

void MessageWriter::execute() { bytes_.append(execute_all); }
void MessageWriter::sync() { begin('S', 0); }
void MessageWriter::flush() { begin('H', 0); }

void MessageWriter::sent(std::size_t size) {
  sent_ += size;
  if (sent_ < bytes_.size()) return;
  bytes_.clear(most_kept);
  sent_ = 0;
}

// MessageReader.

std::span<char> MessageReader::room() {
  const std::size_t held = end_ - begin_;
  if (held == 0) {
    begin_ = 0;
    end_ = 0;
    if (capacity_ > most_kept && needed_ == 0) capacity_ = 0;
  }
  // A large message gets its memory as it arrives, not because it says how large it is.
  const std::size_t wanted = std::max(first_room, std::min(held * 2, std::max(held, needed_)));
  if (capacity_ < wanted || capacity_ - held < least_room) {
    const std::size_t capacity = std::max(wanted, held + first_room);
    auto larger = std::make_unique_for_overwrite<char[]>(capacity);
    std::copy_n(buffer_.get() + begin_, held, larger.get());
    buffer_ = std::move(larger);
    capacity_ = capacity;
    begin_ = 0;
    end_ = held;
  } else if (capacity_ - end_ < least_room) {
    std::memmove(buffer_.get(), buffer_.get() + begin_, held);
    begin_ = 0;
    end_ = held;
  }
  return {buffer_.get() + end_, capacity_ - end_};
}

std::optional<Message> MessageReader::next() {
  const std::size_t arrived = end_ - begin_;
  if (arrived < head_size) return std::nullopt;
  const char* const start = buffer_.get() + begin_;
  const std::size_t length = read_big_endian<std::uint32_t>(start + 1);
  if (length < 4 || length > largest_message) throw ProtocolError{"a length"};
  const std::size_t size = length + 1;
  if (arrived < size) {
    needed_ = size;
    return std::nullopt;
  }
  needed_ = 0;
  begin_ += size;
  return Message{*start, {start + head_size, size - head_size}};
}

// Bodies.

void MessageParser::refuse_end() { throw ProtocolError{"it is too short"}; }
void MessageParser::refuse_more() { throw ProtocolError{"it is too long"}; }

std::string_view MessageParser::take_text() {
  const std::size_t end = rest_.find('\0');
  if (end == std::string_view::npos) throw ProtocolError{"a text without an end"};
  const std::string_view text = rest_.substr(0, end);
  rest_.remove_prefix(end + 1);
  return text;
}

std::vector<Oid> read_parameter_types(std::string_view body) {
  MessageParser parser{body};
  std::vector<Oid> types(parser.take_uint16());
  for (Oid& type : types) type = parser.take_uint32();
  parser.expect_end();
  return types;
}

std::shared_ptr<const RowShape> read_shape(std::string_view body) {
  MessageParser parser{body};
  std::vector<RowShape::Column> columns(parser.take_uint16());
  for (RowShape::Column& column : columns) {
    column.name = parser.take_text();
    parser.skip(6);  // table and number of the column
    column.oid = parser.take_uint32();
    parser.skip(8);  // size and modifier of the type, format
  }
  parser.expect_end();
  return std::make_shared<const RowShape>(std::move(columns));
}

const std::shared_ptr<const RowShape>& no_columns() {
  static const auto none = std::make_shared<const RowShape>(std::vector<RowShape::Column>{});
  return none;
}

std::uint64_t read_affected_rows(std::string_view body) {
  // Of a SELECT or FETCH it would be the number of returned rows.
  if (body.starts_with("SELECT ") && body.ends_with('\0')) return 0;
  MessageParser parser{body};
  const std::string_view tag = parser.take_text();
  if (!tag.starts_with("INSERT") && !tag.starts_with("UPDATE") && !tag.starts_with("DELETE") &&
      !tag.starts_with("MERGE")) {
    return 0;
  }
  const std::string_view digits = tag.substr(tag.rfind(' ') + 1);
  std::uint64_t count = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), count);
  return count;
}

ErrorFields read_error(std::string_view body) {
  ErrorFields fields;
  MessageParser parser{body};
  while (const std::uint8_t kind = parser.take_uint8()) {
    const std::string_view text = parser.take_text();
    switch (kind) {
      case 'V':
        fields.severity = text;
        break;
      case 'C':
        fields.code = text;
        break;
      case 'M':
        fields.message = text;
        break;
      case 'D':
        fields.detail = text;
        break;
      case 'H':
        fields.hint = text;
        break;
      case 'P':
        fields.position = text;
        break;
      case 's':
        fields.schema = text;
        break;
      case 't':
        fields.table = text;
        break;
      case 'c':
        fields.column = text;
        break;
      case 'n':
        fields.constraint = text;
        break;
      default:
        break;  // clients ignore what they do not know
    }
  }
  return fields;
}

}  // namespace roost::db::postgres::detail
