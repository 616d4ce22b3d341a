// The protocol's messages without a server.
#include <roost/sql/errors.hpp>
#include <roost/sql/postgres/detail/messages.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace roost::db::postgres::detail {
namespace {

using namespace std::string_view_literals;

std::string big_endian(std::uint32_t number, int bytes) {
  std::string out;
  for (int i = bytes - 1; i >= 0; --i) out += static_cast<char>(number >> (8 * i));
  return out;
}

std::string message(char type, std::string_view body) {
  std::string out(1, type);
  out += big_endian(static_cast<std::uint32_t>(body.size() + 4), 4);
  out += body;
  return out;
}

std::string cell(std::string_view bytes) {
  std::string out = big_endian(static_cast<std::uint32_t>(bytes.size()), 4);
  out += bytes;
  return out;
}

std::string column(std::string_view name, std::uint32_t oid) {
  std::string out{name};
  out += '\0';
  return out + big_endian(0, 4) + big_endian(0, 2) + big_endian(oid, 4) + big_endian(4, 2) +
         big_endian(0xffff'ffff, 4) + big_endian(0, 2);
}

void feed(MessageReader& reader, std::string_view bytes) {
  const std::span<char> room = reader.room();
  ASSERT_GE(room.size(), bytes.size());
  std::copy(bytes.begin(), bytes.end(), room.begin());
  reader.received(bytes.size());
}

TEST(MessageWriter, WritesWhatTheProtocolSays) {
  MessageWriter out;
  const std::vector<ValueType> types{ValueType::int32, ValueType::text};
  out.parse("s1", "select $1, $2", types);
  EXPECT_EQ(out.pending(), "P\0\0\0\x1fs1\0select $1, $2\0\0\2\0\0\0\x17\0\0\0\0"sv);
  out.sent(out.pending().size());

  const std::vector<ValueView> values{ValueView::int64(258), ValueView::text("é")};
  out.bind("s1", values, types, {}, true);
  EXPECT_EQ(out.pending(),
            "B\0\0\0\x22\0s1\0\0\2\0\1\0\0\0\2\0\0\0\4\0\0\1\2\0\0\0\2\xc3\xa9\0\1\0\1"sv);
  out.sent(1);
  EXPECT_TRUE(out.pending().starts_with("\0\0\0\x22"sv));
  out.sent(out.pending().size());

  const std::vector<ValueView> nothing{ValueView::null()};
  const std::vector<ValueType> one{ValueType::bytes};
  out.bind("", nothing, one, {}, false);
  EXPECT_EQ(out.pending(), "B\0\0\0\x14\0\0\0\1\0\1\0\1\xff\xff\xff\xff\0\1\0\0"sv);
  out.sent(out.pending().size());

  out.describe_statement("s1");
  out.describe_portal();
  out.execute();
  out.flush();
  out.sync();
  EXPECT_EQ(out.pending(), "D\0\0\0\x08Ss1\0D\0\0\0\6P\0E\0\0\0\x09\0\0\0\0\0H\0\0\0\4S\0\0\0\4"sv);
}

TEST(MessageWriter, AnEmptyValueIsNotNull) {
  const std::vector<ValueView> values{ValueView::text(""), ValueView::null()};
  const std::vector<ValueType> types{ValueType::text, ValueType::text};
  MessageWriter out;
  out.bind("", values, types, {}, false);
  EXPECT_NE(out.pending().find("\0\0\0\0\xff\xff\xff\xff"sv), std::string_view::npos);
}

TEST(MessageWriter, WritesNothingOfWhatItRefuses) {
  MessageWriter out;
  out.execute();
  const std::string before{out.pending()};
  const std::vector<ValueView> values{ValueView::text("fits"), ValueView::int64(70'000)};
  const std::vector<ValueType> types{ValueType::text, ValueType::int16};
  EXPECT_THROW(out.bind("s1", values, types, {}, true), InvalidValue);
  EXPECT_EQ(out.pending(), before);
  EXPECT_THROW(out.bind("s1", values, std::span{types}.first(1), {}, true), UsageError);
  EXPECT_EQ(out.pending(), before);
  out.parse("", "select 1", {});
  out.take_back(before.size());
  EXPECT_EQ(out.pending(), before);
}

TEST(MessageWriter, RefusesATextWithNul) {
  MessageWriter out;
  EXPECT_THROW(out.parse("s1", "select 1\0; drop table t"sv, {}), UsageError);
  EXPECT_TRUE(out.pending().empty());
}

TEST(MessageReader, GivesWholeMessagesHoweverTheyArrive) {
  const std::string stream = message('1', "") + message('D', std::string(70'000, 'x')) +
                             message('C', "SELECT 1\0"sv) + message('Z', "I");
  for (const std::size_t piece :
       {std::size_t{1}, std::size_t{7}, std::size_t{4'096}, stream.size()}) {
    MessageReader reader;
    std::string types;
    std::string longest;
    for (std::size_t at = 0; at < stream.size();) {
      const std::span<char> room = reader.room();
      const std::size_t size = std::min({piece, room.size(), stream.size() - at});
      std::copy_n(stream.begin() + static_cast<std::ptrdiff_t>(at), size, room.begin());
      reader.received(size);
      at += size;
      while (const auto next = reader.next()) {
        types += next->type;
        if (next->body.size() > longest.size()) longest = next->body;
      }
    }
    EXPECT_EQ(types, "1DCZ") << piece;
    EXPECT_EQ(longest, std::string(70'000, 'x')) << piece;
  }
}

TEST(MessageReader, RefusesImpossibleLengths) {
  for (const std::string_view head :
       {"Z\0\0\0\3"sv, "D\x7f\xff\xff\xff"sv, "D\xff\xff\xff\xff"sv}) {
    MessageReader reader;
    feed(reader, head);
    EXPECT_THROW(static_cast<void>(reader.next()), ProtocolError);
  }
}

TEST(MessageReader, TakesNoMemoryForWhatIsOnlyAnnounced) {
  MessageReader reader;
  feed(reader, "D\x3f\xff\xff\xff"sv);
  EXPECT_FALSE(reader.next().has_value());
  EXPECT_LT(reader.room().size(), std::size_t{1'000'000});
}

TEST(Shape, NamesAndTypes) {
  const auto shape = read_shape(big_endian(2, 2) + column("id", 23) + column("größe", 1'700));
  ASSERT_EQ(shape->columns().size(), 2U);
  EXPECT_EQ(shape->columns()[0].name, "id");
  EXPECT_EQ(shape->columns()[0].type, CellType::int32);
  EXPECT_EQ(shape->columns()[1].name, "größe");
  EXPECT_TRUE(shape->known_types());
  const auto unknown = read_shape(big_endian(1, 2) + column("at", 600));  // point
  EXPECT_FALSE(unknown->known_types());
  EXPECT_THROW(static_cast<void>(read_shape(big_endian(2, 2) + column("id", 23))), ProtocolError);
  EXPECT_THROW(static_cast<void>(read_shape(big_endian(1, 2) + column("id", 23) + "x")),
               ProtocolError);
}

TEST(Rows, SmallMiddleAndLargeResults) {
  const auto shape = read_shape(big_endian(2, 2) + column("id", 23) + column("name", 25));
  for (const std::size_t rows :
       {std::size_t{0}, std::size_t{1}, std::size_t{3}, std::size_t{50}, std::size_t{20'000}}) {
    RowBuffer buffer;
    for (std::size_t i = 0; i < rows; ++i) {
      const std::string id = cell(big_endian(static_cast<std::uint32_t>(i), 4));
      const std::string name =
          i % 2 == 0 ? cell("name " + std::to_string(i)) : big_endian(0xffff'ffff, 4);
      buffer.append(big_endian(2, 2) + id + name, 2);
    }
    const Rows result{shape, true, 0, buffer};
    EXPECT_EQ(buffer.row_count(), 0U);
    ASSERT_EQ(result.row_count(), rows);
    EXPECT_EQ(result.column_name(1), "name");
    for (std::size_t i = 0; i < rows; ++i) {
      ASSERT_EQ(result.value(i, 0).integer(), static_cast<std::int64_t>(i));
      ASSERT_EQ(result.value(i, 1).is_null(), i % 2 == 1);
      if (i % 2 == 0) {
        ASSERT_EQ(result.value(i, 1).characters(), "name " + std::to_string(i));
      }
    }
  }
}

TEST(Rows, RefusesRowsThatContradictTheirDescription) {
  RowBuffer buffer;
  const std::string one = cell("x");
  EXPECT_THROW(buffer.append(big_endian(1, 2) + one, 2), ProtocolError);
  EXPECT_THROW(buffer.append(big_endian(2, 2) + one, 2), ProtocolError);
  EXPECT_THROW(buffer.append(big_endian(1, 2) + one + "y", 1), ProtocolError);
  EXPECT_THROW(buffer.append(big_endian(1, 2) + big_endian(0xffff'fffe, 4), 1), ProtocolError);
  EXPECT_THROW(buffer.append(big_endian(1, 2) + big_endian(9, 4) + "short", 1), ProtocolError);
}

TEST(CommandComplete, CountsWhatWasWritten) {
  EXPECT_EQ(read_affected_rows("INSERT 0 5\0"sv), 5U);
  EXPECT_EQ(read_affected_rows("UPDATE 12\0"sv), 12U);
  EXPECT_EQ(read_affected_rows("DELETE 0\0"sv), 0U);
  EXPECT_EQ(read_affected_rows("MERGE 3\0"sv), 3U);
  EXPECT_EQ(read_affected_rows("SELECT 7\0"sv), 0U);
  EXPECT_EQ(read_affected_rows("CREATE TABLE\0"sv), 0U);
  EXPECT_THROW(static_cast<void>(read_affected_rows("UPDATE 1"sv)), ProtocolError);
}

TEST(ErrorResponse, ItsFields) {
  const ErrorFields error = read_error(
      "SFEHLER\0VERROR\0C23505\0Mdoppelt\0DKey (a)=(1)\0P12\0sshop\0ttag\0ccolour\0nu\0?new\0\0"sv);
  EXPECT_EQ(error.severity, "ERROR");
  EXPECT_EQ(error.code, "23505");
  EXPECT_EQ(error.message, "doppelt");
  EXPECT_EQ(error.detail, "Key (a)=(1)");
  EXPECT_EQ(error.position, "12");
  EXPECT_EQ(error.schema, "shop");
  EXPECT_EQ(error.table, "tag");
  EXPECT_EQ(error.column, "colour");
  EXPECT_EQ(error.constraint, "u");
  EXPECT_EQ(error.hint, "");
  EXPECT_THROW(static_cast<void>(read_error("SERROR\0C2350"sv)), ProtocolError);
  EXPECT_THROW(static_cast<void>(read_error("SERROR\0"sv)), ProtocolError);
}

}  // namespace
}  // namespace roost::db::postgres::detail
