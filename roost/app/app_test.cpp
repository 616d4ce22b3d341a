// Configuration, .env files, the logger, and how an application starts and fails to start.
#include <roost/app/application.hpp>
#include <roost/app/config.hpp>
#include <roost/app/env_file.hpp>
#include <roost/app/logger.hpp>
#include <roost/base/error.hpp>
#include <roost/json/read.hpp>
#include <roost/json/value.hpp>
#include <roost/validation/rules.hpp>

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <unistd.h>
#include <vector>

namespace {

using roost::Environment;

std::string error_of(const auto& action) {
  try {
    action();
  } catch (const std::exception& error) {
    return error.what();
  }
  return "(no error)";
}

TEST(EnvFile, KnowsTheSyntax) {
  const Environment read = roost::parse_env_file(
      "# comment\n"
      "A=one\n"
      "\n"
      "  B = two words  # comment\r\n"
      "export C=three\n"
      "Q=\"quoted # x\"\n"
      "N=\"l1\\nl2 \\\"q\\\" \\\\\"\n"
      "S='l1\\nl2'\n"
      "M=\"first\nsecond\"\n"
      "EMPTY=\n"
      "H=#nothing\n"
      "J={\"a\":1}\n"
      "A=last wins",
      "test.env");
  EXPECT_EQ(read, (Environment{{"A", "last wins"},
                               {"B", "two words"},
                               {"C", "three"},
                               {"Q", "quoted # x"},
                               {"N", "l1\nl2 \"q\" \\"},
                               {"S", "l1\\nl2"},
                               {"M", "first\nsecond"},
                               {"EMPTY", ""},
                               {"H", ""},
                               {"J", "{\"a\":1}"}}));
}

TEST(EnvFile, NamesFileAndLineOfAFault) {
  EXPECT_EQ(error_of([] { (void)roost::parse_env_file("A=1\nnonsense\n", "x.env"); }),
            "x.env, line 2: NAME=value is expected");
  EXPECT_EQ(error_of([] { (void)roost::parse_env_file("A=\"1\nB=2\n", "x.env"); }),
            "x.env, line 1: the closing quote is missing");
  EXPECT_EQ(error_of([] { (void)roost::parse_env_file("A='1' 2\n", "x.env"); }),
            "x.env, line 1: unexpected text behind the closing quote");
  EXPECT_TRUE(roost::read_env_file("/nonexistent/.env").empty());
}

TEST(EnvFile, ExpandsVariables) {
  const Environment known{{"HOST", "db"}, {"EMPTY", ""}};
  EXPECT_EQ(roost::expand_variables("http://${HOST}:${PORT:-5432}/${EMPTY:-x}${NOPE}", known),
            "http://db:5432/x");
  EXPECT_EQ(roost::expand_variables("\\${HOST} $HOST ${HOST", known), "${HOST} $HOST ${HOST");
}

struct Database {
  std::string url;
  int pool = 4;
};
enum class Mode { development, production };
struct Config {
  int port = 3000;
  std::string secret;
  Mode mode = Mode::development;
  std::optional<double> ratio;
  Database database;

  static constexpr auto meta =
      roost::meta(roost::field<&Config::port>(roost::min(1), roost::max(65535)),
                  roost::field<&Config::secret>(roost::min_length(8)));
};

roost::ConfigOptions from(Environment environment) {
  return roost::ConfigOptions().files({}).environment(std::move(environment));
}

TEST(Config, ReadsByTypeWithDefaults) {
  const auto config = roost::load_config<Config>(from({{"SECRET", "long enough"},
                                                       {"MODE", "production"},
                                                       {"RATIO", "0.5"},
                                                       {"DATABASE_URL", "sqlite::memory:"},
                                                       {"PORT", ""}}));
  EXPECT_EQ(config.port, 3000);
  EXPECT_EQ(config.mode, Mode::production);
  EXPECT_EQ(config.ratio, 0.5);
  EXPECT_EQ(config.database.url, "sqlite::memory:");
  EXPECT_EQ(config.database.pool, 4);
}

TEST(Config, ListsEveryProblemAtOnce) {
  const std::string what = error_of([] {
    (void)roost::load_config<Config>(
        from({{"PORT", "80a"}, {"MODE", "prod"}, {"DATABASE_POOL", "1.5"}}));
  });
  EXPECT_NE(what.find("the configuration Config is not valid:"), std::string::npos) << what;
  EXPECT_NE(what.find("PORT is \"80a\"; an integer that fits is expected"), std::string::npos);
  EXPECT_NE(what.find("SECRET is not set"), std::string::npos) << what;
  EXPECT_NE(what.find("MODE is \"prod\"; one of development production is expected"),
            std::string::npos);
  EXPECT_NE(what.find("DATABASE_URL is not set"), std::string::npos) << what;
  EXPECT_NE(what.find("DATABASE_POOL is \"1.5\""), std::string::npos) << what;
}

TEST(Config, ChecksTheRules) {
  const std::string what = error_of([] {
    (void)roost::load_config<Config>(
        from({{"PORT", "70000"}, {"SECRET", "short"}, {"DATABASE_URL", "x"}}));
  });
  EXPECT_NE(what.find("PORT: port must not be greater than 65535"), std::string::npos) << what;
  EXPECT_NE(what.find("SECRET: secret must be longer than or equal to 8 characters"),
            std::string::npos)
      << what;
}

TEST(Config, PrefersTheProcessThenEarlierFiles) {
  char folder[] = "/tmp/roost_config_XXXXXX";
  ASSERT_NE(::mkdtemp(folder), nullptr);
  const std::string first = std::string(folder) + "/first";
  const std::string second = std::string(folder) + "/second";
  const auto write = [](const std::string& path, const char* text) {
    std::FILE* file = std::fopen(path.c_str(), "w");
    std::fputs(text, file);
    std::fclose(file);
  };
  write(first, "SECRET=from the first file\nPORT=1111\n");
  write(second, "SECRET=from the second file\nDATABASE_URL=pg://${DB_HOST}\n");
  const auto config = roost::load_config<Config>(
      from({{"PORT", "2222"}, {"DB_HOST", "db"}}).files({first, second}).expand_variables());
  EXPECT_EQ(config.port, 2222);
  EXPECT_EQ(config.secret, "from the first file");
  EXPECT_EQ(config.database.url, "pg://db");
  std::remove(first.c_str());
  std::remove(second.c_str());
  ::rmdir(folder);
}

class Lines : public roost::LogSink {
 public:
  void write(roost::LogLevel, std::string_view line) override { lines.emplace_back(line); }
  std::vector<std::string> lines;
};

TEST(Logger, WritesJsonLinesThatNobodyCanForge) {
  const auto sink = std::make_shared<Lines>();
  roost::Logger logger{roost::LogOptions().format(roost::LogOptions::Format::json).sink(sink)};
  logger.debug("not shown");
  logger.log(roost::LogLevel::warn, "http", "a \"quoted\"\nline", "n", 5, "ok", true, "ratio", 1.5,
             "big", std::uint64_t{18446744073709551615u}, "text", "\xff\x01");
  ASSERT_EQ(sink->lines.size(), 1u);
  const auto line = roost::json::read_or_throw<roost::json::Value>(sink->lines[0]);
  EXPECT_EQ(line.at("level"), "warn");
  EXPECT_EQ(line.at("context"), "http");
  EXPECT_EQ(line.at("message"), "a \"quoted\"\nline");
  EXPECT_EQ(line.at("n"), 5);
  EXPECT_EQ(line.at("ok"), true);
  EXPECT_EQ(sink->lines[0].find('\n'), std::string::npos);
}

TEST(Logger, WritesReadableLines) {
  const auto sink = std::make_shared<Lines>();
  roost::Logger logger{roost::LogOptions()
                           .format(roost::LogOptions::Format::text)
                           .level(roost::LogLevel::debug)
                           .sink(sink)};
  logger.log(roost::LogLevel::debug, "app", "hello\nforged", "plain", "x", "quoted", "a b");
  ASSERT_EQ(sink->lines.size(), 1u);
  EXPECT_NE(sink->lines[0].find(" debug [app] hello\n    forged plain=x quoted=\"a b\""),
            std::string::npos)
      << sink->lines[0];
}

TEST(Logger, RefusesUnknownSettings) {
  ::setenv("LOG_LEVEL", "loud", 1);
  EXPECT_NE(error_of([] { (void)roost::LogOptions::from_environment(); }).find("LOG_LEVEL"),
            std::string::npos);
  ::setenv("LOG_LEVEL", "error", 1);
  EXPECT_EQ(roost::LogOptions::from_environment().level(), roost::LogLevel::error);
  ::unsetenv("LOG_LEVEL");
}

}  // namespace
