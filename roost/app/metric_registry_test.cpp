// Metrics of an application's own: names, numbers, labels, and many threads at once.
#include <roost/app/metric_registry.hpp>
#include <roost/base/error.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <thread>
#include <vector>

namespace roost {
namespace {

bool has_line(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

std::string refusal(const auto& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(MetricRegistry, ChecksNames) {
  MetricRegistry metrics;
  for (const char* name : {"", "9_total", "a-b_total", "a b_total", "\xc3\xa4_total", "plain",
                           "process_x_total", "http_requests_total"}) {
    EXPECT_TRUE(refusal([&] { (void)metrics.counter(name, ""); }).starts_with("metric \"")) << name;
  }
  for (const char* label : {"", "a-b", "a:b", "__a", "1"}) {
    EXPECT_NE(refusal([&] { (void)metrics.gauge("gauge", "", MetricLabels{label}); }), "") << label;
  }
  EXPECT_NE(refusal([&] { (void)metrics.gauge("gauge", "", MetricLabels{"a", "b", "a"}); }), "");
  EXPECT_NE(refusal([&] { (void)metrics.histogram("sizes", "", MetricLabels{"le"}); }), "");
  EXPECT_EQ(metrics.text(), "") << "what was refused leaves nothing behind";
  EXPECT_EQ(refusal([&] { (void)metrics.gauge("le", "", MetricLabels{"le", "a_1"}); }), "");
  EXPECT_EQ(refusal([&] { (void)metrics.counter("a:b_1_total", ""); }), "");
}

TEST(MetricRegistry, ChecksBuckets) {
  MetricRegistry metrics;
  const double infinite = std::numeric_limits<double>::infinity();
  for (const MetricBuckets& buckets : {MetricBuckets{2, 1}, MetricBuckets{1, 1},
                                       MetricBuckets{1, infinite}, MetricBuckets{std::nan("")}}) {
    EXPECT_NE(refusal([&] { (void)metrics.histogram("sizes", "", buckets); }), "");
  }
}

TEST(MetricRegistry, ANameIsOneMetric) {
  MetricRegistry metrics;
  metrics.counter("things_total", "Things.").increment(2);
  metrics.counter("things_total", "The same things.").increment();
  EXPECT_TRUE(has_line(metrics.text(), "things_total 3")) << metrics.text();
  EXPECT_NE(refusal([&] { (void)metrics.gauge("things_total", ""); }), "");
  EXPECT_NE(refusal([&] { (void)metrics.counter("things_total", "", MetricLabels{"a"}); }), "");
  (void)metrics.histogram("sizes", "", MetricBuckets{1});
  EXPECT_NE(refusal([&] { (void)metrics.histogram("sizes", "", MetricBuckets{2}); }), "");
  EXPECT_NE(refusal([&] { (void)metrics.gauge("sizes_count", ""); }), "");
  (void)metrics.gauge("others_sum", "");
  EXPECT_NE(refusal([&] { (void)metrics.histogram("others", "", MetricBuckets{1}); }), "");
}

TEST(MetricRegistry, WritesEveryNumber) {
  MetricRegistry metrics;
  const Gauge gauge = metrics.gauge("gauge", "");
  gauge.set(-2.5);
  gauge.add(1);
  EXPECT_TRUE(has_line(metrics.text(), "gauge -1.5"));
  gauge.set(std::numeric_limits<double>::infinity());
  EXPECT_TRUE(has_line(metrics.text(), "gauge +Inf"));
  gauge.set(std::nan(""));
  EXPECT_TRUE(has_line(metrics.text(), "gauge NaN"));
  const Histogram sizes = metrics.histogram("sizes", "", MetricBuckets{1});
  sizes.observe(std::nan(""));
  sizes.observe(-1);
  sizes.observe(1e300);
  EXPECT_TRUE(has_line(metrics.text(), R"(sizes_bucket{le="1"} 1)")) << metrics.text();
  EXPECT_TRUE(has_line(metrics.text(), "sizes_count 2")) << metrics.text();
}

TEST(MetricRegistry, ValuesOfLabelsAreLimited) {
  MetricRegistry metrics;
  const Labelled<Counter> seen = metrics.counter("seen_total", "", MetricLabels{"who"});
  EXPECT_NE(refusal([&] { (void)seen.with("a", "b"); }), "");
  EXPECT_NE(refusal([&] { (void)seen.with(); }), "");
  for (std::size_t i = 0; i < MetricRegistry::series_limit + 5; ++i) {
    seen.with(std::to_string(i)).increment();
  }
  seen.with("7").increment();
  const std::string text = metrics.text();
  EXPECT_TRUE(has_line(text, R"(seen_total{who="7"} 2)"));
  EXPECT_TRUE(has_line(text, R"(seen_total{who="other"} 5)"));
  EXPECT_EQ(text.find(R"(who="1000")"), std::string::npos);
}

TEST(MetricRegistry, LosesNothingToOtherThreads) {
  MetricRegistry metrics;
  constexpr int rounds = 2000;
  constexpr int values = 20;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&metrics] {
      const Counter all = metrics.counter("all_total", "");
      const Labelled<Counter> some = metrics.counter("some_total", "", MetricLabels{"value"});
      const Gauge level = metrics.gauge("level", "");
      const Histogram sizes = metrics.histogram("sizes", "", MetricBuckets{10});
      for (int round = 0; round < rounds; ++round) {
        all.increment();
        some.with(std::to_string(round % values)).increment();
        level.add(0.5);
        sizes.observe(round % values);
        if (round % 500 == 0) (void)metrics.text();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const std::string text = metrics.text();
  EXPECT_TRUE(has_line(text, "all_total 8000")) << text;
  for (int value = 0; value < values; ++value) {
    EXPECT_TRUE(has_line(text, "some_total{value=\"" + std::to_string(value) + "\"} 400")) << text;
  }
  EXPECT_TRUE(has_line(text, "level 4000")) << text;
  EXPECT_TRUE(has_line(text, "sizes_count 8000")) << text;
  EXPECT_TRUE(has_line(text, "sizes_sum 76000")) << text;
  EXPECT_TRUE(has_line(text, R"(sizes_bucket{le="10"} 4400)")) << text;
}

}  // namespace
}  // namespace roost
