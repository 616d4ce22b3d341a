#include <roost/app/detail/prometheus_text.hpp>
#include <roost/app/metric_registry.hpp>
#include <roost/base/error.hpp>

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

namespace roost {

namespace detail {

namespace {

using Cell = std::atomic<std::uint64_t>;

constexpr std::size_t cells_per_line = 8;
constexpr std::size_t most_shards = 16;
constexpr std::string_view other = "other";

/// What no two processors write at once, as a rule.
struct alignas(64) Line {
  std::array<Cell, cells_per_line> cells{};
};

/// A power of two, enough for each processor up to `most_shards`.
std::size_t shard_count() {
  const std::size_t processors = std::max(1U, std::thread::hardware_concurrency());
  return std::min(std::bit_ceil(processors), most_shards);
}

void add(Cell& cell, std::uint64_t more) noexcept {
  cell.fetch_add(more, std::memory_order_relaxed);
}
/// A cell that holds a floating point number.
void add(Cell& cell, double more) noexcept {
  std::uint64_t before = cell.load(std::memory_order_relaxed);
  while (!cell.compare_exchange_weak(
      before, std::bit_cast<std::uint64_t>(std::bit_cast<double>(before) + more),
      std::memory_order_relaxed)) {
  }
}
std::uint64_t whole(const Cell& cell) { return cell.load(std::memory_order_relaxed); }
double floating(const Cell& cell) { return std::bit_cast<double>(whole(cell)); }

}  // namespace

/// The cells of one combination of label values, for each processor.
class MetricSeries {
 public:
  MetricSeries(const MetricFamily& family, std::vector<std::string> values, std::size_t cells,
               std::size_t shards)
      : family_{family},
        values_{std::move(values)},
        shards_{shards},
        lines_per_shard_{(cells + cells_per_line - 1) / cells_per_line},
        lines_(shards * lines_per_shard_) {}

  [[nodiscard]] const MetricFamily& family() const noexcept { return family_; }
  [[nodiscard]] const std::vector<std::string>& values() const { return values_; }
  [[nodiscard]] std::size_t shards() const { return shards_; }
  [[nodiscard]] bool has(std::span<const std::string_view> values) const {
    return std::equal(values_.begin(), values_.end(), values.begin(), values.end());
  }

  [[nodiscard]] Cell& at(std::size_t shard, std::size_t index) noexcept {
    return lines_[shard * lines_per_shard_ + index / cells_per_line].cells[index % cells_per_line];
  }
  [[nodiscard]] const Cell& at(std::size_t shard, std::size_t index) const noexcept {
    return const_cast<MetricSeries*>(this)->at(shard, index);
  }
  /// The one of the processor that this runs on: right most of the time, and never wrong.
  [[nodiscard]] std::size_t shard() const noexcept {
    const int processor = ::sched_getcpu();
    return processor < 0 ? 0 : static_cast<std::size_t>(processor) & (shards_ - 1);
  }

  MetricSeries* next = nullptr;  // in its chain

 private:
  const MetricFamily& family_;
  std::vector<std::string> values_;
  std::size_t shards_;
  std::size_t lines_per_shard_;
  std::vector<Line> lines_;
};

/// A metric with all its series. They are found without a lock, and only ever added.
class MetricFamily {
 public:
  MetricFamily(std::string_view kind, std::string_view name, std::string_view help,
               std::vector<std::string> labels, std::vector<double> bounds)
      : kind_{kind},
        name_{name},
        help_{help},
        labels_{std::move(labels)},
        bounds_{std::move(bounds)} {
    if (labels_.empty()) (void)find({});
  }
  MetricFamily(const MetricFamily&) = delete;
  MetricFamily& operator=(const MetricFamily&) = delete;

  [[nodiscard]] bool is(std::string_view kind, const std::vector<std::string>& labels,
                        const std::vector<double>& bounds) const {
    return kind_ == kind && labels_ == labels && bounds_ == bounds;
  }
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const std::vector<double>& bounds() const noexcept { return bounds_; }

  [[nodiscard]] MetricSeries& find(std::span<const std::string_view> values) {
    if (values.size() != labels_.size()) {
      throw Error("metric " + name_ + " has " + std::to_string(labels_.size()) +
                  " labels, but values for " + std::to_string(values.size()) + " were given");
    }
    std::atomic<MetricSeries*>& chain = chain_of(values);
    if (MetricSeries* found = in_chain(chain.load(std::memory_order_acquire), values)) {
      return *found;
    }
    const std::lock_guard lock{mutex_};
    return add(values);
  }

  void append_to(std::string& out) const;

 private:
  [[nodiscard]] std::atomic<MetricSeries*>& chain_of(std::span<const std::string_view> values) {
    std::size_t hash = 0;
    for (const std::string_view value : values) {
      hash = hash * 31 + std::hash<std::string_view>{}(value);
    }
    return chains_[hash % chains_.size()];
  }
  static MetricSeries* in_chain(MetricSeries* first, std::span<const std::string_view> values) {
    while (first != nullptr && !first->has(values)) first = first->next;
    return first;
  }

  /// Under the lock.
  MetricSeries& add(std::span<const std::string_view> values) {
    std::atomic<MetricSeries*>& chain = chain_of(values);
    if (MetricSeries* found = in_chain(chain.load(), values)) return *found;
    const std::vector<std::string_view> others(labels_.size(), other);
    const bool overflows = all_.size() >= MetricRegistry::series_limit;
    if (overflows && !std::equal(values.begin(), values.end(), others.begin(), others.end())) {
      std::atomic<MetricSeries*>& overflow = chain_of(others);
      MetricSeries* found = in_chain(overflow.load(), others);
      return found != nullptr ? *found : add(others);
    }
    const bool gauge = kind_ == Gauge::kind;
    const bool histogram = kind_ == Histogram::kind;
    const std::size_t cells = histogram ? bounds_.size() + 2 : 1;
    std::vector<std::string> copied(values.begin(), values.end());
    all_.push_back(
        std::make_unique<MetricSeries>(*this, std::move(copied), cells, gauge ? 1 : shard_count()));
    MetricSeries& made = *all_.back();
    made.next = chain.load();
    chain.store(&made, std::memory_order_release);
    return made;
  }

  [[nodiscard]] std::string labels_of(const MetricSeries& series) const {
    std::string text = "{";
    for (std::size_t i = 0; i < labels_.size(); ++i) {
      append_label(text, labels_[i], series.values()[i]);
    }
    return text;
  }
  void append_simple(std::string& out, const MetricSeries& series) const;
  void append_histogram(std::string& out, const MetricSeries& series) const;

  std::string kind_;
  std::string name_;
  std::string help_;
  std::vector<std::string> labels_;
  std::vector<double> bounds_;
  std::array<std::atomic<MetricSeries*>, 64> chains_{};
  mutable std::mutex mutex_;  // of the list, not of the numbers
  std::vector<std::unique_ptr<MetricSeries>> all_;
};

MetricSeries& find_series(MetricFamily& family, std::span<const std::string_view> values) {
  return family.find(values);
}

void MetricFamily::append_to(std::string& out) const {
  append_family(out, name_, kind_, help_);
  std::vector<const MetricSeries*> sorted;
  {
    const std::lock_guard lock{mutex_};
    for (const auto& series : all_) sorted.push_back(series.get());
  }
  std::sort(sorted.begin(), sorted.end(),
            [](const MetricSeries* a, const MetricSeries* b) { return a->values() < b->values(); });
  for (const MetricSeries* series : sorted) {
    if (kind_ == Histogram::kind) {
      append_histogram(out, *series);
    } else {
      append_simple(out, *series);
    }
  }
}

void MetricFamily::append_simple(std::string& out, const MetricSeries& series) const {
  out += name_;
  if (!labels_.empty()) out += labels_of(series) + "}";
  out += ' ';
  if (kind_ == Gauge::kind) {
    append_number(out, floating(series.at(0, 0)));
  } else {
    std::uint64_t sum = 0;
    for (std::size_t shard = 0; shard < series.shards(); ++shard) sum += whole(series.at(shard, 0));
    append_number(out, sum);
  }
  out += '\n';
}

void MetricFamily::append_histogram(std::string& out, const MetricSeries& series) const {
  const std::string labels = labels_of(series);
  std::uint64_t so_far = 0;
  double sum = 0;
  for (std::size_t i = 0; i <= bounds_.size(); ++i) {
    for (std::size_t shard = 0; shard < series.shards(); ++shard) {
      so_far += whole(series.at(shard, i));
    }
    std::string bound;
    append_number(bound, i < bounds_.size() ? bounds_[i] : HUGE_VAL);
    std::string with_bound = labels;
    append_label(with_bound, "le", bound);
    out.append(name_).append("_bucket").append(with_bound).append("} ");
    append_number(out, so_far);
    out += '\n';
  }
  for (std::size_t shard = 0; shard < series.shards(); ++shard) {
    sum += floating(series.at(shard, bounds_.size() + 1));
  }
  const std::string end = labels_.empty() ? " " : labels + "} ";
  out.append(name_).append("_sum").append(end);
  append_number(out, sum);
  out.append("\n").append(name_).append("_count").append(end);
  append_number(out, so_far);
  out += '\n';
}

}  // namespace detail

void Counter::increment(std::uint64_t by) const noexcept {
  detail::add(series_->at(series_->shard(), 0), by);
}

void Gauge::set(double value) const noexcept {
  series_->at(0, 0).store(std::bit_cast<std::uint64_t>(value), std::memory_order_relaxed);
}
void Gauge::add(double difference) const noexcept { detail::add(series_->at(0, 0), difference); }

void Histogram::observe(double value) const noexcept {
  if (std::isnan(value)) return;
  const std::vector<double>& bounds = series_->family().bounds();
  const auto bound = std::lower_bound(bounds.begin(), bounds.end(), value);
  const std::size_t shard = series_->shard();
  detail::add(series_->at(shard, static_cast<std::size_t>(bound - bounds.begin())),
              std::uint64_t{1});
  detail::add(series_->at(shard, bounds.size() + 1), value);
}

MetricBuckets MetricBuckets::durations() {
  return {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10};
}

namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

bool is_name(std::string_view text, bool colons) {
  const auto fits = [&](char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || (colons && c == ':');
  };
  return !text.empty() && !(text.front() >= '0' && text.front() <= '9') &&
         std::all_of(text.begin(), text.end(), fits);
}

[[noreturn]] void refuse(std::string_view name, const std::string& why) {
  throw Error("metric \"" + std::string(name) + "\": " + why);
}

void check_name(std::string_view kind, std::string_view name) {
  if (!is_name(name, true)) {
    refuse(name, "a name has letters, digits, _ and :, and does not begin with a digit");
  }
  if (name.starts_with("process_") || name.starts_with("http_request")) {
    refuse(name, "names that begin with process_ or http_request are the framework's");
  }
  if (kind == Counter::kind && !name.ends_with("_total")) {
    refuse(name, "the name of a counter ends with _total");
  }
}

void check_labels(std::string_view kind, std::string_view name,
                  const std::vector<std::string>& labels) {
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const std::string& label = labels[i];
    if (!is_name(label, false) || label.starts_with("__")) {
      refuse(name, "\"" + label + "\" is no name of a label: letters, digits and _, not __ first");
    }
    if (kind == Histogram::kind && label == "le") {
      refuse(name, "the label le of a histogram is the bound of a bucket");
    }
    if (std::find(labels.begin(), labels.begin() + static_cast<std::ptrdiff_t>(i), label) !=
        labels.begin() + static_cast<std::ptrdiff_t>(i)) {
      refuse(name, "the label " + label + " is there twice");
    }
  }
}

void check_bounds(std::string_view name, const std::vector<double>& bounds) {
  const bool numbers =
      std::all_of(bounds.begin(), bounds.end(), [](double bound) { return std::isfinite(bound); });
  const bool ascends =
      std::adjacent_find(bounds.begin(), bounds.end(), std::greater_equal<>{}) == bounds.end();
  if (!numbers || !ascends) {
    refuse(name, "the bounds of its buckets must be finite and ascend");
  }
}

}  // namespace

struct MetricRegistry::State {
  mutable std::mutex mutex;
  std::map<std::string, detail::MetricFamily, std::less<>> families;

  /// A name of another family whose samples would look like this one's.
  [[nodiscard]] std::string clash(std::string_view kind, std::string_view name) const {
    for (const std::string_view suffix : {"_bucket", "_sum", "_count"}) {
      std::string longer = std::string(name) + std::string(suffix);
      if (kind == Histogram::kind && families.contains(longer)) return longer;
      if (!name.ends_with(suffix)) continue;
      const auto shorter = families.find(name.substr(0, name.size() - suffix.size()));
      if (shorter != families.end() && !shorter->second.bounds().empty()) return shorter->first;
    }
    return {};
  }

  detail::MetricFamily& add(std::string_view kind, std::string_view name, std::string_view help,
                            const std::vector<std::string>& labels,
                            const std::vector<double>& bounds) {
    check_name(kind, name);
    check_labels(kind, name, labels);
    check_bounds(name, bounds);
    const std::lock_guard lock{mutex};
    const auto known = families.find(name);
    if (known != families.end()) {
      if (known->second.is(kind, labels, bounds)) return known->second;
      refuse(name, "it is registered already, as another kind or with other labels or buckets");
    }
    const std::string other = clash(kind, name);
    if (!other.empty()) refuse(name, "its samples would be mistaken for those of " + other);
    return families.try_emplace(std::string(name), kind, name, help, labels, bounds).first->second;
  }
};

MetricRegistry::MetricRegistry() : state_{new State} {}
MetricRegistry::~MetricRegistry() = default;

Counter MetricRegistry::counter(std::string_view name, std::string_view help) {
  return Counter{state_->add(Counter::kind, name, help, {}, {}).find({})};
}
Labelled<Counter> MetricRegistry::counter(std::string_view name, std::string_view help,
                                          const MetricLabels& labels) {
  return Labelled<Counter>{state_->add(Counter::kind, name, help, labels.names(), {})};
}
Gauge MetricRegistry::gauge(std::string_view name, std::string_view help) {
  return Gauge{state_->add(Gauge::kind, name, help, {}, {}).find({})};
}
Labelled<Gauge> MetricRegistry::gauge(std::string_view name, std::string_view help,
                                      const MetricLabels& labels) {
  return Labelled<Gauge>{state_->add(Gauge::kind, name, help, labels.names(), {})};
}
Histogram MetricRegistry::histogram(std::string_view name, std::string_view help,
                                    const MetricBuckets& buckets) {
  return Histogram{state_->add(Histogram::kind, name, help, {}, buckets.bounds()).find({})};
}
Labelled<Histogram> MetricRegistry::histogram(std::string_view name, std::string_view help,
                                              const MetricLabels& labels,
                                              const MetricBuckets& buckets) {
  return Labelled<Histogram>{
      state_->add(Histogram::kind, name, help, labels.names(), buckets.bounds())};
}

std::string MetricRegistry::text() const {
  const std::lock_guard lock{state_->mutex};
  std::string out;
  for (const auto& [name, family] : state_->families) family.append_to(out);
  return out;
}

}  // namespace roost
