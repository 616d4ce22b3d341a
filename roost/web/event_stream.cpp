#include <roost/async/errors.hpp>
#include <roost/http/exceptions.hpp>
#include <roost/http/stream.hpp>
#include <roost/json/write.hpp>
#include <roost/web/event_stream.hpp>

#include <algorithm>
#include <utility>

namespace roost {

namespace {

/// A field that is one line: what would end it is left out.
void append_line(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  out += ": ";
  for (const char c : value) {
    if (c != '\r' && c != '\n' && c != '\0') out += c;
  }
  out += '\n';
}

void append_data(std::string& out, std::string_view text) {
  for (;;) {
    const auto end = text.find_first_of("\r\n");
    append_line(out, "data", text.substr(0, end));
    if (end == std::string_view::npos) return;
    const bool pair = text[end] == '\r' && text.substr(end + 1).starts_with('\n');
    text.remove_prefix(end + (pair ? 2 : 1));
  }
}

class EventStream final : public http::Stream {
 public:
  explicit EventStream(std::unique_ptr<EventSource> source) : source_{std::move(source)} {}

  Task<bool> next(std::string& out) override {
    if (!std::exchange(begun_, true)) {
      out += '\n';
      co_return true;
    }
    ServerEvent event;
    bool more = false;
    bool failed = false;
    std::string reason = "Internal server error";
    try {
      more = co_await source_->next(event);
    } catch (const CancelledError&) {
      throw;
    } catch (const HttpException& error) {
      failed = true;
      reason = error.what();
    } catch (...) {
      failed = true;
    }
    ++number_;
    if (failed) {
      event = ServerEvent();
      event.type("error").data(reason);
    }
    if (more || failed) event.append_to(out, number_);
    co_return more;
  }

 private:
  std::unique_ptr<EventSource> source_;
  std::uint64_t number_ = 0;
  bool begun_ = false;
};

}  // namespace

void ServerEvent::write_json(const reflect::TypeDescriptor& type, const void* object) {
  data_.clear();
  json::write(type, object, data_);
}

void ServerEvent::append_to(std::string& out, std::uint64_t number) const {
  if (!type_.empty()) append_line(out, "event", type_);
  append_line(out, "id", id_.empty() ? std::to_string(number) : id_);
  if (retry_) append_line(out, "retry", std::to_string(*retry_));
  append_data(out, data_);
  out += '\n';
}

Response event_stream(std::unique_ptr<EventSource> source) {
  Response response;
  response
      .header("Cache-Control",
              "private, no-cache, no-store, must-revalidate, max-age=0, no-transform")
      .header("Pragma", "no-cache")
      .header("Expires", "0")
      .header("X-Accel-Buffering", "no")
      .stream("text/event-stream", std::make_unique<EventStream>(std::move(source)));
  return response;
}

}  // namespace roost
