// Timestamp and Uuid: every text that is read, every one that is refused, order and uniqueness.
#include <roost/base/base64url.hpp>
#include <roost/base/timestamp.hpp>
#include <roost/base/uuid.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <thread>
#include <vector>

namespace roost {
namespace {

using namespace std::chrono_literals;

std::string round(std::string_view text) {
  const std::optional<Timestamp> time = Timestamp::parse(text);
  return time ? time->to_string() : "refused";
}

TEST(Timestamp, ReadsDatesAndDateTimes) {
  EXPECT_EQ(round("2022-02-03"), "2022-02-03T00:00:00.000Z");
  EXPECT_EQ(round("2022-02-03T01:02:03Z"), "2022-02-03T01:02:03.000Z");
  EXPECT_EQ(round("2022-02-03T01:02Z"), "2022-02-03T01:02:00.000Z");
  EXPECT_EQ(round("2022-02-03T01:02:03.4Z"), "2022-02-03T01:02:03.400Z");
  EXPECT_EQ(round("2022-02-03T01:02:03.123999999Z"), "2022-02-03T01:02:03.123Z");
  EXPECT_EQ(round("2022-02-03T01:00:00+01:00"), "2022-02-03T00:00:00.000Z");
  EXPECT_EQ(round("2022-02-03T23:30:00-01:45"), "2022-02-04T01:15:00.000Z");
  EXPECT_EQ(round("2022-02-03T01:02:03"), "2022-02-03T01:02:03.000Z") << "no zone means UTC";
  EXPECT_EQ(round("2024-02-29"), "2024-02-29T00:00:00.000Z");
  EXPECT_EQ(round("1969-12-31T23:59:59.999Z"), "1969-12-31T23:59:59.999Z");
}

TEST(Timestamp, RefusesEverythingElse) {
  for (const char* text : {"",
                           "2022",
                           "2022-02",
                           "2022-2-3",
                           "2022-02-31",
                           "2023-02-29",
                           "1900-02-29",
                           "2022-13-01",
                           "2022-00-01",
                           "2022-01-00",
                           "2022-02-03T",
                           "2022-02-03T1:00Z",
                           "2022-02-03T01",
                           "20220203",
                           "2022-02-03T01:00:60Z",
                           "2022-02-03T24:00:00Z",
                           "2022-02-03T01:60:00Z",
                           "2022-02-03 01:00Z",
                           "2022-02-03T01:02:03.Z",
                           "2022-02-03T01:02:03.1234567890Z",
                           "2022-02-03T01:02:03+0100",
                           "2022-02-03T01:02:03+24:00",
                           "2022-02-03T01:02:03+01",
                           "2022-02-03T01:02:03z",
                           "2022-02-03Z",
                           " 2022-02-03",
                           "2022-02-03 ",
                           "2022-02-03T01:02:03Zx",
                           "0000-01-01",
                           "0001-01-01T00:00:00+00:01",
                           "9999-12-31T23:59:59-00:01",
                           "+002022-02-03",
                           "1643846400000",
                           "now",
                           "2022-02-03T01:02:03,5Z",
                           "2022-02-03T-1:02:03Z"}) {
    EXPECT_EQ(round(text), "refused") << text;
  }
}

TEST(Timestamp, CoversYearsOneToNineThousand) {
  EXPECT_EQ(Timestamp::parse("0001-01-01"), Timestamp::min());
  EXPECT_EQ(Timestamp::parse("9999-12-31T23:59:59.999Z"), Timestamp::max());
  EXPECT_EQ(Timestamp::min().to_string(), "0001-01-01T00:00:00.000Z");
  EXPECT_EQ((Timestamp::max() + 1ms).to_string(), "+010000-01-01T00:00:00.000Z");
  EXPECT_EQ((Timestamp::min() - 1ms).to_string(), "0000-12-31T23:59:59.999Z");
  EXPECT_EQ((Timestamp::min() - 367 * 24h).to_string(), "-000001-12-31T00:00:00.000Z");
}

TEST(Timestamp, WritesTheEndsOfItsRange) {
  const Timestamp last{Timestamp::Duration{INT64_MAX}};
  const Timestamp first{Timestamp::Duration{INT64_MIN}};
  EXPECT_EQ(last.to_string(), "+292278994-08-17T07:12:55.807Z");
  EXPECT_EQ(first.to_string(), "-292275055-05-16T16:47:04.192Z");
  EXPECT_EQ(last + 1ms, last);
  EXPECT_EQ(first - 1h, first);
  EXPECT_EQ(last - first, Timestamp::Duration{INT64_MAX});
}

TEST(Timestamp, IsOrderedAndComputes) {
  const Timestamp time = *Timestamp::parse("2022-02-03T10:00:00Z");
  EXPECT_LT(time, time + 1s);
  EXPECT_EQ((time + 36h).to_string(), "2022-02-04T22:00:00.000Z");
  EXPECT_EQ((time + 36h) - time, 36h);
  EXPECT_EQ(Timestamp{time.time_point()}, time);
  EXPECT_EQ(Timestamp{}.to_string(), "1970-01-01T00:00:00.000Z");
  EXPECT_GT(Timestamp::now(), time);
}

TEST(Timestamp, RandomTimesSurviveTheirText) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random{seed};
  std::uniform_int_distribution<std::int64_t> pick{Timestamp::min().milliseconds_since_epoch(),
                                                   Timestamp::max().milliseconds_since_epoch()};
  for (int i = 0; i < 20'000; ++i) {
    const Timestamp time{Timestamp::Duration{pick(random)}};
    ASSERT_EQ(Timestamp::parse(time.to_string()), time) << time.to_string();
  }
}

TEST(Uuid, ReadsEitherCaseAndWritesLowerCase) {
  const auto uuid = Uuid::parse("0123ABCD-89ab-4def-8123-456789ABCDEF");
  ASSERT_TRUE(uuid);
  EXPECT_EQ(uuid->to_string(), "0123abcd-89ab-4def-8123-456789abcdef");
  EXPECT_EQ(uuid->version(), 4);
  EXPECT_TRUE(Uuid::parse("00000000-0000-0000-0000-000000000000")->is_nil());
  EXPECT_TRUE(Uuid{}.is_nil());
}

TEST(Uuid, RefusesEverythingElse) {
  for (const char* text :
       {"", "0123abcd-89ab-4def-8123-456789abcde", "0123abcd-89ab-4def-8123-456789abcdef0",
        "0123abcd89ab4def8123456789abcdef", "{0123abcd-89ab-4def-8123-456789abcdef}",
        "0123abcd-89ab-4def-8123-456789abcdeg", "0123abcd-89ab-4def-81234-56789abcdef",
        "0123abcd-89ab-4def-8123_456789abcdef", " 0123abcd-89ab-4def-8123-456789abcde",
        "-123abcd-89ab-4def-8123-456789abcdef"}) {
    EXPECT_FALSE(Uuid::parse(text)) << text;
  }
}

TEST(Uuid, GeneratesWithVersionAndVariant) {
  std::set<Uuid> seen;
  for (int i = 0; i < 2000; ++i) {
    const Uuid random = Uuid::random();
    EXPECT_EQ(random.version(), 4);
    EXPECT_EQ(random.bytes()[8] >> 6, 2);
    EXPECT_TRUE(seen.insert(random).second);
    const Uuid ordered = Uuid::time_ordered();
    EXPECT_EQ(ordered.version(), 7);
    EXPECT_EQ(ordered.bytes()[8] >> 6, 2);
    EXPECT_EQ(Uuid::parse(ordered.to_string()), ordered);
  }
}

TEST(Uuid, TimeOrderedCarriesTheTime) {
  const auto before = Timestamp::now();
  const Uuid uuid = Uuid::time_ordered();
  std::int64_t milliseconds = 0;
  for (std::size_t i = 0; i < 6; ++i) milliseconds = milliseconds * 256 + uuid.bytes()[i];
  EXPECT_GE(milliseconds, before.milliseconds_since_epoch());
  EXPECT_LE(milliseconds, before.milliseconds_since_epoch() + 5000);
}

TEST(Uuid, TimeOrderedIsStrictlyOrderedInEveryThread) {
  std::vector<std::vector<Uuid>> made(4);
  std::vector<std::thread> threads;
  for (auto& mine : made) {
    threads.emplace_back([&mine] {
      for (int i = 0; i < 5000; ++i) mine.push_back(Uuid::time_ordered());
    });
  }
  for (auto& thread : threads) thread.join();
  std::set<Uuid> all;
  for (const auto& mine : made) {
    EXPECT_TRUE(std::is_sorted(mine.begin(), mine.end(), std::less<>{}));
    for (const Uuid& uuid : mine) EXPECT_TRUE(all.insert(uuid).second);
  }
}

TEST(Base64Url, GoesThereAndBack) {
  // RFC 4648 §10, and the two characters that are another one in URLs.
  const std::pair<std::string_view, std::string_view> vectors[] = {
      {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},          {"foo", "Zm9v"},
      {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}, {"\xfb\xff", "-_8"}};
  for (const auto& [bytes, text] : vectors) {
    EXPECT_EQ(to_base64url(bytes), text);
    EXPECT_EQ(from_base64url(text), bytes);
  }
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  EXPECT_EQ(from_base64url(to_base64url(all)), all);
}

TEST(Base64Url, RefusesWhatNoBytesGive) {
  for (const char* text : {"Z", "Zm9vY", "Zg==", "Zm+/", "Zm 8", "Zh", "Zm9", "\xc3\xa4"}) {
    EXPECT_EQ(from_base64url(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace roost
