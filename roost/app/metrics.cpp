#include <roost/app/detail/prometheus_text.hpp>
#include <roost/app/metric_registry.hpp>
#include <roost/app/metrics.hpp>
#include <roost/async/event_loop.hpp>
#include <roost/http/request.hpp>
#include <roost/http/response.hpp>
#include <roost/web/request_start.hpp>
#include <roost/web/route_descriptor.hpp>

#include <dirent.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <mutex>
#include <new>
#include <sys/resource.h>
#include <unistd.h>

namespace roost {

namespace {

using detail::append_family;
using detail::append_label;
using detail::append_number;
using http::Method;
using web::RequestStart;

constexpr std::size_t lowest_status = 100;
constexpr std::size_t status_count = 500;
// What nginx calls it when the client leaves before it has an answer.
constexpr std::size_t client_left = 499;

constexpr std::array<double, 13> bounds{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                        0.1,    0.25,  0.5,    1,     2.5,  10};

using Count = std::atomic<std::uint64_t>;

void add(Count& count, std::uint64_t more = 1) { count.fetch_add(more, std::memory_order_relaxed); }
std::uint64_t read(const Count& count) { return count.load(std::memory_order_relaxed); }

/// Of one route and method. Made when the first such request ends.
struct Series {
  std::array<Count, status_count> by_status{};
  std::array<Count, bounds.size() + 1> by_duration{};
  Count nanoseconds{0};
};

/// The counts of one loop; no other loop writes here, so that no cache line is fought for.
struct alignas(64) Shard {
  explicit Shard(std::size_t size) : series(size) {}
  ~Shard() {
    for (auto& each : series) delete each.load();
  }
  Shard(const Shard&) = delete;
  Shard& operator=(const Shard&) = delete;

  /// Null without memory for it.
  Series* at(std::size_t slot) noexcept {
    Series* known = series[slot].load(std::memory_order_acquire);
    if (known != nullptr) return known;
    std::unique_ptr<Series> made{new (std::nothrow) Series};
    if (series[slot].compare_exchange_strong(known, made.get())) return made.release();
    return known;
  }

  Count begun{0};
  Count ended{0};
  std::array<Count, status_count> refused{};
  std::vector<std::atomic<Series*>> series;
};

/// What a loop remembers of the metrics that it counts for.
struct LoopSlot {
  const void* owner = nullptr;
  Shard* shard = nullptr;
};

template <class Number>
void append_single(std::string& out, std::string_view name, std::string_view type,
                   std::string_view help, Number value) {
  append_family(out, name, type, help);
  out.append(name).append(" ");
  append_number(out, value);
  out += '\n';
}

double seconds_since_1970() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::uint64_t open_descriptors() {
  DIR* folder = ::opendir("/proc/self/fd");
  if (folder == nullptr) return 0;
  std::uint64_t count = 0;
  // NOLINTNEXTLINE(concurrency-mt-unsafe): of a stream that nobody else reads
  while (::readdir(folder) != nullptr) ++count;
  ::closedir(folder);
  return count > 3 ? count - 3 : 0;  // ".", ".." and the folder itself
}

void append_process(std::string& out, double started) {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  append_single(out, "process_cpu_seconds_total", "counter", "Processor time used.",
                seconds(usage.ru_utime) + seconds(usage.ru_stime));
  std::uint64_t pages = 0;
  std::uint64_t resident = 0;
  std::ifstream{"/proc/self/statm"} >> pages >> resident;
  const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  append_single(out, "process_virtual_memory_bytes", "gauge", "Address space.", pages * page);
  append_single(out, "process_resident_memory_bytes", "gauge", "Resident memory.", resident * page);
  append_single(out, "process_open_fds", "gauge", "Open descriptors.", open_descriptors());
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  append_single(out, "process_max_fds", "gauge", "Descriptors that may be open.",
                static_cast<std::uint64_t>(limit.rlim_cur));
  append_single(out, "process_start_time_seconds", "gauge", "Start, in seconds since 1970.",
                started);
}

}  // namespace

class Metrics::State {
 public:
  struct Labels {
    std::string_view method;
    std::string_view route;
  };

  void describe(const std::vector<const web::RouteDescriptor*>& routes) {
    labels_.clear();
    first_.clear();
    const auto add_every = [this](std::string_view path) {
      for (std::size_t method = 0; method < http::method_count; ++method) {
        labels_.push_back({http::to_string(static_cast<Method>(method)), path});
      }
    };
    add_every("");  // no route
    for (const web::RouteDescriptor* route : routes) {
      first_.push_back({labels_.size(), route->every_method});
      if (route->every_method) {
        add_every(route->path);
      } else {
        labels_.push_back({http::to_string(route->method), route->path});
        labels_.push_back({"HEAD", route->path});
      }
    }
    const std::lock_guard lock{mutex_};
    shards_.clear();
    shards_.push_back(std::make_unique<Shard>(labels_.size()));
  }

  /// The loop's own; the first is for whoever has no loop.
  Shard& shard() {
    EventLoop* loop = EventLoop::current_or_null();
    if (loop == nullptr) return *shards_.front();
    LoopSlot& slot = loop->context<LoopSlot>();
    if (slot.owner == this) return *slot.shard;
    const std::lock_guard lock{mutex_};
    shards_.push_back(std::make_unique<Shard>(labels_.size()));
    slot = {this, shards_.back().get()};
    return *slot.shard;
  }

  void finish(Shard& counted, const http::Request& request, const RequestStart& start,
              std::size_t status) noexcept {
    const auto passed = std::chrono::steady_clock::now() - start.time;
    const auto nanoseconds = std::chrono::duration_cast<std::chrono::nanoseconds>(passed).count();
    Series* const series = counted.at(slot_of(request.method(), start.route));
    if (series == nullptr) return;
    const std::size_t index = std::clamp(status, lowest_status, lowest_status + status_count - 1);
    add(series->by_status[index - lowest_status]);
    const double seconds = static_cast<double>(nanoseconds) / 1e9;
    const auto bound = std::lower_bound(bounds.begin(), bounds.end(), seconds);
    add(series->by_duration[static_cast<std::size_t>(bound - bounds.begin())]);
    add(series->nanoseconds, static_cast<std::uint64_t>(nanoseconds));
  }

  [[nodiscard]] std::string text() const;

 private:
  struct First {
    std::size_t slot;
    bool every_method;
  };

  [[nodiscard]] std::size_t slot_of(Method method, std::size_t route) const {
    if (route >= first_.size()) return static_cast<std::size_t>(method);
    const First& first = first_[route];
    if (first.every_method) return first.slot + static_cast<std::size_t>(method);
    const bool other = http::to_string(method) != labels_[first.slot].method;
    return first.slot + (other ? 1 : 0);  // HEAD of a GET route
  }

  void append_requests(std::string& out) const;
  void append_durations(std::string& out) const;
  template <class Read>
  [[nodiscard]] std::uint64_t sum(std::size_t slot, Read value) const {
    std::uint64_t total = 0;
    for (const auto& shard : shards_) {
      const Series* series = shard->series[slot].load(std::memory_order_acquire);
      if (series != nullptr) total += value(*series);
    }
    return total;
  }
  [[nodiscard]] bool is_used(std::size_t slot) const {
    return std::any_of(shards_.begin(), shards_.end(), [&](const auto& shard) {
      return shard->series[slot].load(std::memory_order_acquire) != nullptr;
    });
  }

  std::vector<Labels> labels_;  // by slot
  std::vector<First> first_;    // by route
  mutable std::mutex mutex_;    // of the list, not of the counts
  std::vector<std::unique_ptr<Shard>> shards_;
  double started_ = seconds_since_1970();
};

/// Ends the count of requests under way when the request is over, and counts one whose client has
/// left. Lives in the request.
struct Metrics::UnderWay {
  UnderWay(Shard& counted, State& owner, http::Request& of)
      : shard{counted}, state{owner}, request{of} {}
  UnderWay(const UnderWay&) = delete;
  UnderWay& operator=(const UnderWay&) = delete;
  ~UnderWay() {
    add(shard.ended);
    if (answered) return;
    const auto* start = request.extension<RequestStart>();
    if (start != nullptr) state.finish(shard, request, *start, client_left);
  }

  Shard& shard;
  State& state;
  http::Request& request;
  bool answered = false;
};

std::string Metrics::State::text() const {
  const std::lock_guard lock{mutex_};
  std::string out;
  append_requests(out);
  append_durations(out);
  std::uint64_t begun = 0;
  std::uint64_t ended = 0;
  for (const auto& shard : shards_) {
    ended += read(shard->ended);
    begun += read(shard->begun);
  }
  append_single(out, "http_requests_in_flight", "gauge",
                "Requests under way, the bodies of their answers included.",
                begun > ended ? begun - ended : std::uint64_t{0});
  append_family(out, "http_requests_refused_total", "counter",
                "Requests that could not be read: malformed, too large or too slow.");
  for (std::size_t i = 0; i < status_count; ++i) {
    std::uint64_t count = 0;
    for (const auto& shard : shards_) count += read(shard->refused[i]);
    if (count == 0) continue;
    out += "http_requests_refused_total{";
    append_label(out, "status", std::to_string(i + lowest_status));
    out += "} ";
    append_number(out, count);
    out += '\n';
  }
  append_process(out, started_);
  return out;
}

void Metrics::State::append_requests(std::string& out) const {
  append_family(out, "http_requests_total", "counter", "Answered requests.");
  for (std::size_t slot = 0; slot < labels_.size(); ++slot) {
    if (!is_used(slot)) continue;
    for (std::size_t i = 0; i < status_count; ++i) {
      const std::uint64_t count =
          sum(slot, [&](const Series& series) { return read(series.by_status[i]); });
      if (count == 0) continue;
      out += "http_requests_total{";
      append_label(out, "method", labels_[slot].method);
      append_label(out, "route", labels_[slot].route);
      append_label(out, "status", std::to_string(i + lowest_status));
      out += "} ";
      append_number(out, count);
      out += '\n';
    }
  }
}

void Metrics::State::append_durations(std::string& out) const {
  constexpr std::string_view name = "http_request_duration_seconds";
  append_family(out, name, "histogram", "From a request's end to its answer's beginning.");
  for (std::size_t slot = 0; slot < labels_.size(); ++slot) {
    if (!is_used(slot)) continue;
    std::string labels = "{";
    append_label(labels, "method", labels_[slot].method);
    append_label(labels, "route", labels_[slot].route);
    std::uint64_t so_far = 0;
    for (std::size_t i = 0; i <= bounds.size(); ++i) {
      so_far += sum(slot, [&](const Series& series) { return read(series.by_duration[i]); });
      out.append(name).append("_bucket").append(labels).append(",le=\"");
      if (i < bounds.size()) {
        append_number(out, bounds[i]);
      } else {
        out += "+Inf";
      }
      out += "\"} ";
      append_number(out, so_far);
      out += '\n';
    }
    const std::uint64_t nanoseconds =
        sum(slot, [](const Series& series) { return read(series.nanoseconds); });
    out.append(name).append("_sum").append(labels).append("} ");
    append_number(out, static_cast<double>(nanoseconds) / 1e9);
    out.append("\n").append(name).append("_count").append(labels).append("} ");
    append_number(out, so_far);
    out += '\n';
  }
}

Metrics::Metrics(const MetricRegistry* own) : state_{std::make_unique<State>()}, own_{own} {}
Metrics::~Metrics() = default;

void Metrics::describe(const std::vector<const web::RouteDescriptor*>& all) {
  state_->describe(all);
}

void Metrics::begin(http::Request& request) {
  Shard& shard = state_->shard();
  add(shard.begun);
  request.emplace_extension<UnderWay>(shard, *state_, request);
}

void Metrics::end(http::Request& request, const http::Response& response) noexcept {
  auto* under_way = request.extension<UnderWay>();
  const auto* start = request.extension<RequestStart>();
  if (under_way == nullptr || start == nullptr) {
    const std::size_t status =
        std::clamp<std::size_t>(response.status(), lowest_status, lowest_status + status_count - 1);
    add(state_->shard().refused[status - lowest_status]);
    return;
  }
  under_way->answered = true;
  state_->finish(under_way->shard, request, *start, response.status());
}

std::string Metrics::text() const {
  std::string all = state_->text();
  if (own_ != nullptr) all += own_->text();
  return all;
}

Response Metrics::scrape() {
  return Response()
      .header("Cache-Control", "no-store")
      .body("text/plain; version=0.0.4; charset=utf-8", text());
}

}  // namespace roost
