// W3C trace context: under which trace a request is seen by the services that it passes through.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace roost {

class ExecutionContext;

namespace http {
class Request;
}

/// The trace of one request; a parameter of handlers. Continues what the client's `traceparent`
/// says, under a span id of its own, or begins a trace that is not sampled. The access log names
/// trace and span of requests that came with one.
class TraceContext {
 public:
  /// What a request says; nothing when the field is missing, repeated or malformed.
  [[nodiscard]] static std::optional<TraceContext> parse(const http::Request& request);
  /// The same for the texts of the fields.
  [[nodiscard]] static std::optional<TraceContext> parse(std::string_view traceparent,
                                                         std::string_view tracestate);
  /// A new trace.
  [[nodiscard]] static TraceContext begin();
  /// The request's: the same at every call.
  [[nodiscard]] static TraceContext& of(http::Request& request);
  /// The request's, if it came with one.
  [[nodiscard]] static TraceContext* find(http::Request& request);
  [[nodiscard]] static TraceContext extract(ExecutionContext& context);

  /// 32 lower-case hexadecimal digits.
  [[nodiscard]] std::string_view trace_id() const { return {trace_id_.data(), trace_id_.size()}; }
  /// 16 of them: our part of the trace.
  [[nodiscard]] std::string_view span_id() const { return {span_id_.data(), span_id_.size()}; }
  /// The client's part; empty in a trace that begins here.
  [[nodiscard]] std::string_view parent_id() const {
    return has_parent_ ? std::string_view{parent_id_.data(), parent_id_.size()}
                       : std::string_view{};
  }
  /// The client records this trace.
  [[nodiscard]] bool sampled() const { return (flags_ & 1U) != 0; }

  /// The fields for requests to other services, which are then parts of ours.
  [[nodiscard]] std::string traceparent() const;
  [[nodiscard]] const std::string& tracestate() const { return state_; }

 private:
  TraceContext() = default;

  std::array<char, 32> trace_id_{};
  std::array<char, 16> parent_id_{};
  std::array<char, 16> span_id_{};
  std::uint8_t flags_ = 0;
  bool has_parent_ = false;
  std::string state_;
};

}  // namespace roost
