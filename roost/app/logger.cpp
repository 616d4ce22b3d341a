#include <roost/app/detail/standard_output.hpp>
#include <roost/app/logger.hpp>
#include <roost/base/error.hpp>
#include <roost/base/timestamp.hpp>
#include <roost/http/request.hpp>
#include <roost/json/write.hpp>
#include <roost/web/trace_context.hpp>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <unistd.h>
#include <vector>

namespace roost {

namespace {

constexpr std::array<std::string_view, 7> level_names = {"trace", "debug", "info", "warn",
                                                         "error", "fatal", "off"};

constexpr std::array<std::string_view, 7> level_colors = {
    "\x1b[90m", "\x1b[36m", "\x1b[32m", "\x1b[33m", "\x1b[31m", "\x1b[1;31m", ""};

template <class Number>
void append_number(std::string& out, Number number) {
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

void append_floating(std::string& out, double number) {
  json::write(reflect::type_of<double>(), &number, out);
}

/// As a JSON string: escaped and valid UTF-8 whatever comes in.
void append_quoted(std::string& out, std::string_view text) {
  const std::string copy{text};
  json::write(reflect::type_of<std::string>(), &copy, out);
}

void append_json(std::string& out, const LogValue& value) {
  switch (value.kind()) {
    case LogValue::Kind::text:
      return append_quoted(out, value.text());
    case LogValue::Kind::integer:
      return append_number(out, value.integer());
    case LogValue::Kind::unsigned_integer:
      return append_number(out, value.unsigned_integer());
    case LogValue::Kind::floating:
      return append_floating(out, value.floating());
    case LogValue::Kind::boolean:
      out += value.boolean() ? "true" : "false";
      return;
  }
}

/// Text in a readable line: quoted where it would be mistaken for something else, and never with a
/// control character, which could forge a line.
void append_text(std::string& out, const LogValue& value) {
  if (value.kind() != LogValue::Kind::text) return append_json(out, value);
  const std::string_view text = value.text();
  const bool plain = !text.empty() && text.find_first_of(" \"=\\") == std::string_view::npos &&
                     std::none_of(text.begin(), text.end(),
                                  [](char c) { return static_cast<unsigned char>(c) < 0x20; });
  if (plain) {
    out += text;
  } else {
    append_quoted(out, text);
  }
}

std::string json_line(LogLevel level, std::string_view context, std::string_view message,
                      std::span<const LogValue> pairs) {
  std::string line = R"({"time":")";
  line += Timestamp::now().to_string();
  line += R"(","level":")";
  line += to_string(level);
  line += '"';
  if (!context.empty()) {
    line += R"(,"context":)";
    append_quoted(line, context);
  }
  line += R"(,"message":)";
  append_quoted(line, message);
  for (std::size_t i = 0; i + 1 < pairs.size(); i += 2) {
    line += ',';
    append_quoted(line, pairs[i].text());
    line += ':';
    append_json(line, pairs[i + 1]);
  }
  line += '}';
  return line;
}

std::string text_line(LogLevel level, std::string_view context, std::string_view message,
                      std::span<const LogValue> pairs, bool color) {
  const auto index = static_cast<std::size_t>(level);
  std::string line = Timestamp::now().to_string();
  line += ' ';
  if (color) line += level_colors[index];
  line += level_names[index];
  line.append(6 - level_names[index].size(), ' ');
  if (color) line += "\x1b[0m";
  if (!context.empty()) {
    line += '[';
    line += context;
    line += "] ";
  }
  for (const char c : message) {
    if (c == '\n') {
      line += "\n    ";
    } else {
      line += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
  }
  for (std::size_t i = 0; i + 1 < pairs.size(); i += 2) {
    line += ' ';
    line += pairs[i].text();
    line += '=';
    append_text(line, pairs[i + 1]);
  }
  return line;
}

bool environment_is(const char* name, std::string_view& value) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nobody changes the environment
  const char* text = std::getenv(name);
  if (text == nullptr || *text == '\0') return false;
  value = text;
  return true;
}

}  // namespace

std::string_view to_string(LogLevel level) { return level_names[static_cast<std::size_t>(level)]; }

LogOptions LogOptions::from_environment() {
  LogOptions options;
  std::string_view text;
  if (environment_is("LOG_LEVEL", text)) {
    const auto found = std::find(level_names.begin(), level_names.end(), text);
    if (found == level_names.end()) {
      throw Error("LOG_LEVEL is \"" + std::string(text) +
                  "\"; use trace, debug, info, warn, error, fatal or off");
    }
    options.level(static_cast<LogLevel>(found - level_names.begin()));
  }
  if (environment_is("LOG_FORMAT", text)) {
    if (text != "text" && text != "json") {
      throw Error("LOG_FORMAT is \"" + std::string(text) + "\"; use text or json");
    }
    options.format(text == "json" ? Format::json : Format::text);
  }
  return options;
}

LogOptions& LogOptions::sink(std::shared_ptr<LogSink> sink) {
  sink_ = SharedObject::own(std::move(sink));
  return *this;
}

std::shared_ptr<LogSink> LogOptions::sink() const {
  const auto* sink = static_cast<const std::shared_ptr<LogSink>*>(sink_.get());
  return sink != nullptr ? *sink : nullptr;
}

/// Lines to a sink of the user's or to standard output.
class Logger::Output {
 public:
  explicit Output(const LogOptions& options) : sink_{options.sink()} {
    terminal_ = sink_ == nullptr && ::isatty(STDOUT_FILENO) == 1;
    json_ = options.format() == LogOptions::Format::json ||
            (options.format() == LogOptions::Format::automatic && !terminal_);
    // NOLINTNEXTLINE(concurrency-mt-unsafe): nobody changes the environment
    color_ = terminal_ && !json_ && std::getenv("NO_COLOR") == nullptr;
  }

  void write(LogLevel level, std::string_view context, std::string_view message,
             std::span<const LogValue> pairs) {
    const std::string line = json_ ? json_line(level, context, message, pairs)
                                   : text_line(level, context, message, pairs, color_);
    if (sink_ == nullptr) return app_detail::write_line(line, terminal_ || level >= LogLevel::warn);
    const std::lock_guard lock{mutex_};
    sink_->write(level, line);
  }

  void flush() {
    if (sink_ == nullptr) app_detail::flush_lines();
  }

 private:
  std::shared_ptr<LogSink> sink_;
  std::mutex mutex_;
  bool terminal_ = false;
  bool json_ = false;
  bool color_ = false;
};

namespace {

bool has_key(std::span<const LogValue> pairs, std::string_view key) {
  for (std::size_t i = 0; i + 1 < pairs.size(); i += 2) {
    if (pairs[i].text() == key) return true;
  }
  return false;
}

}  // namespace

Logger::Logger(const LogOptions& options) : level_{options.level()}, output_{new Output(options)} {}

Logger::~Logger() { output_->flush(); }

void Logger::flush() { output_->flush(); }

void Logger::write(LogLevel level, std::string_view context, std::string_view message,
                   std::span<const LogValue> pairs) {
  http::Request* const request = http::current_request();
  if (request == nullptr || has_key(pairs, "requestId")) {
    output_->write(level, context, message, pairs);
    return;
  }
  std::vector<LogValue> all(pairs.begin(), pairs.end());
  all.insert(all.end(), {LogValue{"requestId"}, LogValue{request->id()}});
  if (const TraceContext* trace = TraceContext::find(*request)) {
    all.insert(all.end(), {LogValue{"traceId"}, LogValue{trace->trace_id()}, LogValue{"spanId"},
                           LogValue{trace->span_id()}});
  }
  output_->write(level, context, message, all);
}

}  // namespace roost
