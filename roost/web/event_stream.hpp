// Server-sent events: answers that go on, one event after the other.
#pragma once

#include <roost/async/task.hpp>
#include <roost/web/response.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace roost {

/// One event. Without an id it gets the number of its place, from 1.
class ServerEvent {
 public:
  ServerEvent() = default;

  /// Text as it stands; each of its lines becomes a line of data.
  ServerEvent& data(std::string_view text) {
    data_ = text;
    return *this;
  }
  /// A value as JSON.
  template <class T>
  ServerEvent& json(const T& value) {
    write_json(reflect::type_of<T>(), std::addressof(value));
    return *this;
  }
  /// The type under which a browser hears it; line breaks are left out, as in the id.
  ServerEvent& type(std::string_view name) {
    type_ = name;
    return *this;
  }
  ServerEvent& id(std::string_view id) {
    id_ = id;
    return *this;
  }
  /// Milliseconds after which a browser tries again when the connection is lost.
  ServerEvent& retry(std::uint32_t milliseconds) {
    retry_ = milliseconds;
    return *this;
  }

  /// Appends the event as it goes on the wire.
  void append_to(std::string& out, std::uint64_t number) const;

 private:
  void write_json(const reflect::TypeDescriptor& type, const void* object);

  std::string data_;
  std::string type_;
  std::string id_;
  std::optional<std::uint32_t> retry_;
};

/// Makes the events of one client. Destroyed when it has ended or the client has left, which
/// cancels what `next` waits for.
class EventSource {
 public:
  EventSource() = default;
  virtual ~EventSource() = default;
  EventSource(const EventSource&) = delete;
  EventSource& operator=(const EventSource&) = delete;

  /// Waits for the next event and fills `event`; false when there are no more. It is only asked
  /// again when the client has taken enough of what went before. An exception ends the stream with
  /// an event of type "error".
  virtual Task<bool> next(ServerEvent& event) = 0;
};

/// The answer of a handler that sends events and decides more than that, such as headers:
/// `return event_stream(std::make_unique<Ticks>()).header(…);`. Others return the source itself:
/// `std::unique_ptr<Ticks> ticks() { return std::make_unique<Ticks>(); }`.
[[nodiscard]] Response event_stream(std::unique_ptr<EventSource> source);

}  // namespace roost
