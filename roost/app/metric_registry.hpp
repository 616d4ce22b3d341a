// Counters, gauges and histograms of the application's own, for Prometheus.
#pragma once

#include <roost/base/owned.hpp>
#include <roost/di/scope.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace roost {

namespace detail {
class MetricFamily;
class MetricSeries;

/// Behind Labelled::with.
[[nodiscard]] MetricSeries& find_series(MetricFamily& family,
                                        std::span<const std::string_view> values);
}  // namespace detail

/// Something that is counted and never becomes less. Small and freely copied; the registry that it
/// is from must outlive it. Like all that is measured with: from any thread, and without a lock.
class Counter {
 public:
  static constexpr std::string_view kind = "counter";

  explicit Counter(detail::MetricSeries& series) noexcept : series_{&series} {}
  void increment(std::uint64_t by = 1) const noexcept;

 private:
  detail::MetricSeries* series_;
};

/// A number that goes up and down.
class Gauge {
 public:
  static constexpr std::string_view kind = "gauge";

  explicit Gauge(detail::MetricSeries& series) noexcept : series_{&series} {}
  void set(double value) const noexcept;
  void add(double difference) const noexcept;

 private:
  detail::MetricSeries* series_;
};

/// How often a quantity was how large: durations in seconds, sizes in bytes. What is no number is
/// not counted.
class Histogram {
 public:
  static constexpr std::string_view kind = "histogram";

  explicit Histogram(detail::MetricSeries& series) noexcept : series_{&series} {}
  void observe(double value) const noexcept;

 private:
  detail::MetricSeries* series_;
};

/// A metric with labels: one counter, gauge or histogram for each combination of their values.
template <class Metric>
class Labelled {
 public:
  explicit Labelled(detail::MetricFamily& family) noexcept : family_{&family} {}

  /// The metric for these values, in the order of the names; made when it is first asked for. Their
  /// number is limited (MetricRegistry::series_limit): further ones share one whose values are all
  /// "other". Another number of values than there are names throws roost::Error.
  template <class... Values>
  [[nodiscard]] Metric with(const Values&... values) const {
    const std::array<std::string_view, sizeof...(Values)> texts{std::string_view{values}...};
    return Metric{detail::find_series(*family_, texts)};
  }

 private:
  detail::MetricFamily* family_;
};

/// Names of labels: `MetricLabels{"channel", "currency"}`.
class MetricLabels {
 public:
  MetricLabels(std::initializer_list<std::string_view> names)
      : names_(names.begin(), names.end()) {}
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }

 private:
  std::vector<std::string> names_;
};

/// Upper bounds of a histogram's buckets, ascending; a last one without bound is always there.
class MetricBuckets {
 public:
  MetricBuckets(std::initializer_list<double> bounds) : bounds_(bounds) {}
  /// From half a millisecond to ten seconds, in seconds.
  [[nodiscard]] static MetricBuckets durations();
  [[nodiscard]] const std::vector<double>& bounds() const { return bounds_; }

 private:
  std::vector<double> bounds_;
};

/// The metrics of an application. Global: any provider may take a `MetricRegistry&`, usually to
/// make its metrics in the constructor. `GET /metrics` shows them behind the framework's.
///
/// Names are checked: letters, digits, `_` and `:`; a counter's ends with `_total`; those of the
/// framework (`http_request…`, `process_…`) are taken. A name that is registered again gives the
/// same metric, if kind, labels and buckets are the same. Everything else throws roost::Error.
class MetricRegistry {
 public:
  using visibility = roost::global;
  /// Combinations of label values that one metric may have.
  static constexpr std::size_t series_limit = 1000;

  MetricRegistry();
  MetricRegistry(const MetricRegistry&) = delete;
  MetricRegistry& operator=(const MetricRegistry&) = delete;
  ~MetricRegistry();

  [[nodiscard]] Counter counter(std::string_view name, std::string_view help);
  [[nodiscard]] Labelled<Counter> counter(std::string_view name, std::string_view help,
                                          const MetricLabels& labels);
  [[nodiscard]] Gauge gauge(std::string_view name, std::string_view help);
  [[nodiscard]] Labelled<Gauge> gauge(std::string_view name, std::string_view help,
                                      const MetricLabels& labels);
  [[nodiscard]] Histogram histogram(std::string_view name, std::string_view help,
                                    const MetricBuckets& buckets = MetricBuckets::durations());
  [[nodiscard]] Labelled<Histogram> histogram(
      std::string_view name, std::string_view help, const MetricLabels& labels,
      const MetricBuckets& buckets = MetricBuckets::durations());

  /// All of them in the text format of Prometheus, by name.
  [[nodiscard]] std::string text() const;

 private:
  struct State;
  Owned<State> state_;
};

}  // namespace roost
