// Cells as a server may send them, and as it may not.
#include <roost/sql/errors.hpp>
#include <roost/sql/postgres/detail/messages.hpp>
#include <roost/sql/postgres/detail/types.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace roost::db::postgres::detail {
namespace {

using namespace std::string_view_literals;

std::string big_endian(std::uint64_t number, int bytes) {
  std::string out;
  for (int i = bytes - 1; i >= 0; --i) out += static_cast<char>(number >> (8 * i));
  return out;
}

std::string element(std::string_view bytes) {
  return big_endian(bytes.size(), 4) + std::string{bytes};
}

std::string array(std::uint32_t element_type, const std::vector<std::uint32_t>& sizes,
                  std::string_view elements) {
  std::string out = big_endian(sizes.size(), 4) + big_endian(0, 4) + big_endian(element_type, 4);
  for (const std::uint32_t size : sizes) out += big_endian(size, 4) + big_endian(1, 4);
  return out + std::string{elements};
}

std::string numeric(std::uint16_t weight, std::uint16_t sign, std::uint16_t scale,
                    const std::vector<std::uint16_t>& groups) {
  std::string out = big_endian(groups.size(), 2) + big_endian(weight, 2) + big_endian(sign, 2) +
                    big_endian(scale, 2);
  for (const std::uint16_t group : groups) out += big_endian(group, 2);
  return out;
}

std::string readable(CellType type, std::string_view bytes) {
  Scratch scratch;
  return to_readable(decode_binary(type, bytes, &scratch), 1'000);
}

void expect_refused(CellType type, std::string_view bytes) {
  Scratch scratch;
  EXPECT_THROW(static_cast<void>(decode_binary(type, bytes, &scratch)), ProtocolError)
      << static_cast<int>(type) << " of " << bytes.size() << " bytes";
}

TEST(Cells, NumbersAreBigEndian) {
  Scratch scratch;
  const auto decode = [&](CellType type, std::uint64_t bits, int size) {
    return decode_binary(type, big_endian(bits, size), &scratch);
  };
  EXPECT_EQ(decode(CellType::boolean, 1, 1).integer(), 1);
  EXPECT_EQ(decode(CellType::boolean, 0, 1).integer(), 0);
  EXPECT_EQ(decode(CellType::int16, 0xfffe, 2).integer(), -2);
  EXPECT_EQ(decode(CellType::int32, 0x8000'0000, 4).integer(),
            std::numeric_limits<std::int32_t>::min());
  EXPECT_EQ(decode(CellType::int64, 0x0102'0304'0506'0708, 8).integer(), 0x0102'0304'0506'0708);
  EXPECT_EQ(decode(CellType::oid, 0xffff'ffff, 4).integer(), 0xffff'ffff);
  EXPECT_EQ(decode(CellType::float32, 0x3fc0'0000, 4).floating(), 1.5);
  EXPECT_EQ(decode(CellType::float64, 0xc004'0000'0000'0000, 8).floating(), -2.5);
}

TEST(Cells, InfiniteTimesStayAtTheEnds) {
  Scratch scratch;
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();
  const auto timestamp = [&](std::int64_t value) {
    return decode_binary(CellType::timestamp, big_endian(static_cast<std::uint64_t>(value), 8),
                         &scratch)
        .integer();
  };
  EXPECT_EQ(timestamp(0), 946'684'800'000'000);
  EXPECT_EQ(timestamp(most), most);
  EXPECT_EQ(timestamp(most - 1), most);
  EXPECT_EQ(timestamp(least), least);
}

TEST(Cells, DecimalsAreGroupsOfFourDigits) {
  EXPECT_EQ(readable(CellType::numeric, numeric(1, 0, 4, {1, 2'345, 6'700})), "12345.6700");
  EXPECT_EQ(readable(CellType::numeric, numeric(0, 0x4000, 2, {7, 500})), "-7.05");
  EXPECT_EQ(readable(CellType::numeric, numeric(0xffff, 0, 3, {120})), "0.012");
  EXPECT_EQ(readable(CellType::numeric, numeric(0, 0xc000, 0, {})), "NaN");
  EXPECT_EQ(readable(CellType::numeric, numeric(0, 0xd000, 0x20, {})), "Infinity");
  EXPECT_EQ(readable(CellType::numeric, numeric(0, 0xf000, 0x20, {})), "-Infinity");
}

TEST(Cells, OfAnotherSizeThanTheirTypeAreRefused) {
  const std::vector<std::pair<CellType, std::size_t>> sizes{
      {CellType::boolean, 1}, {CellType::int16, 2},     {CellType::int32, 4},
      {CellType::int64, 8},   {CellType::oid, 4},       {CellType::float32, 4},
      {CellType::float64, 8}, {CellType::date, 4},      {CellType::time, 8},
      {CellType::uuid, 16},   {CellType::timestamp, 8},
  };
  for (const auto& [type, size] : sizes) {
    // On the heap and of exactly this size, so that a sanitizer sees what is read beyond it.
    for (std::size_t length = 0; length <= size + 1; ++length) {
      const std::vector<char> bytes(length, '\1');
      const std::string_view cell{bytes.data(), bytes.size()};
      if (length != size) {
        expect_refused(type, cell);
      } else {
        EXPECT_NO_THROW(static_cast<void>(readable(type, cell)));
      }
    }
  }
  expect_refused(CellType::jsonb, {});
}

TEST(Cells, DecimalsThatContradictThemselvesAreRefused) {
  const std::string whole = numeric(1, 0, 4, {1, 2'345, 6'700});
  for (std::size_t length = 0; length < whole.size(); ++length) {
    expect_refused(CellType::numeric, std::string_view{whole}.substr(0, length));
  }
  expect_refused(CellType::numeric, whole + '\0');
  expect_refused(CellType::numeric, big_endian(0xffff, 2) + whole.substr(2));
}

TEST(Cells, Arrays) {
  const std::string one = element(big_endian(1, 4));
  const std::string two = element(big_endian(2, 4));
  const std::string null = big_endian(0xffff'ffff, 4);
  EXPECT_EQ(readable(CellType::array, array(23, {}, {})), "[]");
  EXPECT_EQ(readable(CellType::array, array(23, {3}, one + null + two)), "[1, NULL, 2]");
  EXPECT_EQ(readable(CellType::array, array(23, {2, 2}, one + two + two + one)),
            "[[1, 2], [2, 1]]");
}

TEST(Cells, ArraysThatContradictThemselvesAreRefused) {
  const std::string one = element(big_endian(1, 4));
  const std::string whole = array(23, {2, 2}, one + one + one + one);
  for (std::size_t length = 0; length < whole.size(); ++length) {
    expect_refused(CellType::array, std::string_view{whole}.substr(0, length));
  }
  expect_refused(CellType::array, whole + '\0');
  expect_refused(CellType::array, array(23, {1}, element("abc")));         // no int4
  expect_refused(CellType::array, array(23, {0}, {}));                     // has no dimension
  expect_refused(CellType::array, array(23, {1, 1, 1, 1, 1, 1, 1}, one));  // too many of them
  expect_refused(CellType::array, array(1'007, {1}, element(array(23, {}, {}))));  // of arrays
}

TEST(Cells, ArraysTakeNoMemoryForWhatIsOnlyAnnounced) {
  expect_refused(CellType::array, array(23, {0xffff'ffff}, {}));
  const std::string elements(40'000, '\0');
  expect_refused(CellType::array, array(23, {10'000, 10'000, 0}, elements));
  expect_refused(CellType::array, array(25, {10'000, 10'000, 10'000}, elements));
}

/// What goes out as an array of this type comes back as what `expected` says.
std::string there_and_back(Oid type, std::span<const ValueView> elements) {
  ByteBuffer out;
  const bool binary =
      append_parameter(out, ValueView::array(ValueType::unknown, elements), ValueType::array, type);
  const std::string_view sent = out.view().substr(sizeof(std::uint32_t));
  EXPECT_EQ(read_big_endian<std::uint32_t>(out.data()), sent.size());
  return binary ? readable(CellType::array, sent) : std::string{sent};
}

TEST(Arrays, GoInBinaryWhereTheirTypeIsKnown) {
  const std::array numbers{ValueView::int32(-1), ValueView::null(), ValueView::int64(70'000)};
  EXPECT_EQ(there_and_back(1'007, numbers), "[-1, NULL, 70000]");
  EXPECT_EQ(there_and_back(1'016, numbers), "[-1, NULL, 70000]");
  EXPECT_EQ(there_and_back(1'022, numbers), "[-1, NULL, 70000]");
  EXPECT_EQ(there_and_back(0, numbers), R"({"-1",NULL,"70000"})");
  EXPECT_EQ(there_and_back(1'009, numbers), R"({"-1",NULL,"70000"})");
  EXPECT_EQ(there_and_back(1'231, numbers), R"({"-1",NULL,"70000"})");
  EXPECT_THROW(there_and_back(1'005, numbers), InvalidValue);
  const std::array texts{ValueView::text("a\"b"), ValueView::text("")};
  EXPECT_EQ(there_and_back(1'009, texts), R"(['a"b', ''])");
  EXPECT_EQ(there_and_back(1'007, texts), R"({"a\"b",""})");
  EXPECT_EQ(there_and_back(1'007, {}), "[]");
  const std::array nul{ValueView::text("a\0b"sv)};
  EXPECT_THROW(there_and_back(1'009, nul), UnstorableText);
}

TEST(Arrays, EveryTypeOfElement) {
  const std::string uuid = "0123456789abcdef";
  const std::vector<std::pair<Oid, ValueView>> cases{
      {1'000, ValueView::boolean(true)},
      {1'001, ValueView::bytes(std::as_bytes(std::span{uuid}))},
      {1'005, ValueView::int16(-2)},
      {1'015, ValueView::text("\u20ac")},
      {1'021, ValueView::float32(1.5F)},
      {1'022, ValueView::float64(-0.25)},
      {1'182, ValueView::date(-1)},
      {1'183, ValueView::time(1)},
      {1'115, ValueView::timestamp(-1)},
      {1'185, ValueView::timestamp(1)},
      {2'951, ValueView::uuid(reinterpret_cast<const std::uint8_t*>(uuid.data()))},
      {3'807, ValueView::json("{}")},
  };
  for (const auto& [type, value] : cases) {
    EXPECT_EQ(there_and_back(type, std::span{&value, 1}), "[" + to_readable(value) + "]") << type;
  }
}

}  // namespace
}  // namespace roost::db::postgres::detail
