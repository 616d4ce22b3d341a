#include <roost/base/random.hpp>
#include <roost/http/fields.hpp>
#include <roost/http/request.hpp>
#include <roost/web/execution_context.hpp>
#include <roost/web/trace_context.hpp>

#include <algorithm>

namespace roost {

namespace {

constexpr std::size_t longest_state = 512;  // what the recommendation asks everybody to pass on

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}
int byte_of(std::string_view text) {
  return digit(text[0]) < 0 || digit(text[1]) < 0 ? -1 : digit(text[0]) * 16 + digit(text[1]);
}

/// Hexadecimal digits of which one is not 0.
bool is_id(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return digit(c) >= 0; }) &&
         std::any_of(text.begin(), text.end(), [](char c) { return c != '0'; });
}

template <std::size_t Size>
void randomise(std::array<char, Size>& id) {
  std::array<unsigned char, Size / 2> bytes{};
  fill_random(bytes.data(), bytes.size());
  bytes[0] |= 1U;  // never all zero
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    id[2 * i] = "0123456789abcdef"[bytes[i] >> 4U];
    id[2 * i + 1] = "0123456789abcdef"[bytes[i] & 0xfU];
  }
}

}  // namespace

std::optional<TraceContext> TraceContext::parse(std::string_view traceparent,
                                                std::string_view tracestate) {
  // "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"; later versions may be longer.
  constexpr std::size_t size = 55;
  if (traceparent.size() < size || traceparent[2] != '-' || traceparent[35] != '-' ||
      traceparent[52] != '-') {
    return std::nullopt;
  }
  const int version = byte_of(traceparent);
  const int flags = byte_of(traceparent.substr(53));
  if (version < 0 || version == 0xff || flags < 0) return std::nullopt;
  if (traceparent.size() > size && (version == 0 || traceparent[size] != '-')) return std::nullopt;
  const std::string_view trace = traceparent.substr(3, 32);
  const std::string_view parent = traceparent.substr(36, 16);
  if (!is_id(trace) || !is_id(parent)) return std::nullopt;
  TraceContext made;
  std::copy(trace.begin(), trace.end(), made.trace_id_.begin());
  std::copy(parent.begin(), parent.end(), made.parent_id_.begin());
  made.has_parent_ = true;
  made.flags_ = static_cast<std::uint8_t>(static_cast<unsigned>(flags) & 1U);
  if (tracestate.size() <= longest_state) made.state_ = tracestate;
  randomise(made.span_id_);
  return made;
}

std::optional<TraceContext> TraceContext::parse(const http::Request& request) {
  std::optional<std::string_view> parent;
  std::string state;
  for (const http::Field& field : request.headers()) {
    if (http::equal_ignoring_case(field.name, "traceparent")) {
      if (parent) return std::nullopt;
      parent = field.value;
    } else if (http::equal_ignoring_case(field.name, "tracestate")) {
      if (!state.empty()) state += ',';
      state += field.value;
    }
  }
  return parent ? parse(*parent, state) : std::nullopt;
}

TraceContext TraceContext::begin() {
  TraceContext made;
  randomise(made.trace_id_);
  randomise(made.span_id_);
  return made;
}

TraceContext& TraceContext::of(http::Request& request) {
  if (TraceContext* known = request.extension<TraceContext>()) return *known;
  std::optional<TraceContext> given = parse(request);
  return request.emplace_extension<TraceContext>(given ? std::move(*given) : begin());
}

TraceContext* TraceContext::find(http::Request& request) {
  if (TraceContext* known = request.extension<TraceContext>()) return known;
  if (!request.header("traceparent")) return nullptr;
  std::optional<TraceContext> given = parse(request);
  return given ? &request.emplace_extension<TraceContext>(std::move(*given)) : nullptr;
}

TraceContext TraceContext::extract(ExecutionContext& context) { return of(context.request()); }

std::string TraceContext::traceparent() const {
  std::string text = "00-";
  text += trace_id();
  text += '-';
  text += span_id();
  return text + (sampled() ? "-01" : "-00");
}

}  // namespace roost
