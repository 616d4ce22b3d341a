// The application's log: levels, a context, key-value pairs; readable on a terminal, JSON lines
// otherwise.
#pragma once

#include <roost/app/log_value.hpp>
#include <roost/base/memory_fwd.hpp>
#include <roost/base/owned.hpp>
#include <roost/base/shared_object.hpp>
#include <roost/di/scope.hpp>

#include <array>
#include <span>
#include <string>
#include <string_view>

namespace roost {

enum class LogLevel : std::uint8_t { trace, debug, info, warn, error, fatal, off };

/// "info" and so on, in lower case; "off" is a level of its own.
[[nodiscard]] std::string_view to_string(LogLevel level);

class LogSink;

/// Where and how lines are written.
class LogOptions {
 public:
  enum class Format : std::uint8_t { automatic, text, json };

  /// What the environment says: LOG_LEVEL (info), LOG_FORMAT (text, json; by default text on a
  /// terminal and JSON elsewhere), NO_COLOR. An unknown level or format throws roost::Error.
  [[nodiscard]] static LogOptions from_environment();

  LogOptions& level(LogLevel level) {
    level_ = level;
    return *this;
  }
  LogOptions& format(Format format) {
    format_ = format;
    return *this;
  }
  /// Sends complete lines here instead of standard output; called under a lock.
  LogOptions& sink(std::shared_ptr<LogSink> sink);

  [[nodiscard]] LogLevel level() const { return level_; }
  [[nodiscard]] Format format() const { return format_; }
  /// Null unless set.
  [[nodiscard]] std::shared_ptr<LogSink> sink() const;

 private:
  LogLevel level_ = LogLevel::info;
  Format format_ = Format::automatic;
  SharedObject sink_;  // a std::shared_ptr<LogSink>
};

/// Takes finished log lines, one call each, without line break. Tests collect them with it.
class LogSink {
 public:
  LogSink() = default;
  virtual ~LogSink() = default;
  LogSink(const LogSink&) = delete;
  LogSink& operator=(const LogSink&) = delete;
  virtual void write(LogLevel level, std::string_view line) = 0;
};

/// Writes log lines. Global: any provider may take a `Logger&`. All members may be called from
/// every thread. `logger.info("cat adopted", "id", 7, "by", name)`: a message, then keys and values
/// in turn. While a request is handled, also after a `co_await`, `requestId` and, when it came with
/// a trace, `traceId` and `spanId` are added.
class Logger {
 public:
  using visibility = roost::global;

  explicit Logger(const LogOptions& options = {});
  ~Logger();
  Logger(const Logger&) = delete;
  Logger& operator=(const Logger&) = delete;

  [[nodiscard]] bool enabled(LogLevel level) const { return level >= level_; }

  template <class... Pairs>
  void trace(std::string_view message, const Pairs&... pairs) {
    log(LogLevel::trace, {}, message, pairs...);
  }
  template <class... Pairs>
  void debug(std::string_view message, const Pairs&... pairs) {
    log(LogLevel::debug, {}, message, pairs...);
  }
  template <class... Pairs>
  void info(std::string_view message, const Pairs&... pairs) {
    log(LogLevel::info, {}, message, pairs...);
  }
  template <class... Pairs>
  void warn(std::string_view message, const Pairs&... pairs) {
    log(LogLevel::warn, {}, message, pairs...);
  }
  template <class... Pairs>
  void error(std::string_view message, const Pairs&... pairs) {
    log(LogLevel::error, {}, message, pairs...);
  }
  template <class... Pairs>
  void fatal(std::string_view message, const Pairs&... pairs) {
    log(LogLevel::fatal, {}, message, pairs...);
  }

  /// The general form; `context` names the part of the program that speaks ("http", "startup").
  template <class... Pairs>
  void log(LogLevel level, std::string_view context, std::string_view message,
           const Pairs&... pairs) {
    static_assert(sizeof...(Pairs) % 2 == 0, "roost: a log line has keys and values in turn");
    if (!enabled(level)) return;
    const std::array<LogValue, sizeof...(Pairs)> values{LogValue{pairs}...};
    write(level, context, message, values);
  }

  /// Hands everything that this thread has written so far to the operating system. Without it the
  /// lines of an event loop wait a tenth of a second at most, warnings and errors not at all.
  void flush();

 private:
  void write(LogLevel level, std::string_view context, std::string_view message,
             std::span<const LogValue> pairs);

  class Output;
  LogLevel level_;
  Owned<Output> output_;
};

}  // namespace roost
