// Taking a request target apart, decoding on demand, and the arena of a request.
#include <roost/async/subject.hpp>
#include <roost/base/error.hpp>
#include <roost/http/detail/characters.hpp>
#include <roost/http/detail/percent.hpp>
#include <roost/http/request.hpp>

#include <algorithm>
#include <cstring>
#include <functional>
#include <sys/random.h>

namespace roost::http {

namespace {

// "http://host/path?query" taken apart; both null if `target` is no http URL with a host.
struct AbsoluteTarget {
  std::string_view authority;
  std::string_view rest;
};

AbsoluteTarget split_absolute(std::string_view target) {
  const std::size_t colon = target.find("://");
  if (colon == std::string_view::npos) return {};
  const std::string_view scheme = target.substr(0, colon);
  if (!equal_ignoring_case(scheme, "http") && !equal_ignoring_case(scheme, "https")) return {};
  const std::string_view after = target.substr(colon + 3);
  const std::size_t end = std::min(after.find_first_of("/?"), after.size());
  if (end == 0 || after.substr(0, end).find('@') != std::string_view::npos) return {};
  return {after.substr(0, end), end == after.size() ? std::string_view{"/"} : after.substr(end)};
}

// SplitMix64's output function: a bijection that scatters consecutive numbers.
std::uint64_t scatter(std::uint64_t x) {
  x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27U)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31U);
}

}  // namespace

Request::Request() : arena_{first_block_.data(), first_block_.size()} {
  headers_.reserve(16);
  id_.reserve(32);
}

Request::~Request() { destroy_extensions(); }

std::string_view Request::id() {
  if (!id_.empty()) return id_;
  if (id_state_ == 0 && getrandom(&id_state_, sizeof id_state_, 0) != sizeof id_state_) {
    id_state_ = reinterpret_cast<std::uintptr_t>(this);
  }
  id_state_ += 0x9e3779b97f4a7c15U;
  std::uint64_t value = scatter(id_state_);
  id_.resize(16);
  for (char& c : id_) {
    c = "0123456789abcdef"[value & 0xfU];
    value >>= 4U;
  }
  return id_;
}

std::string_view Request::keep(std::string_view text) {
  if (text.empty()) return {};
  char* copy = static_cast<char*>(arena_.allocate(text.size(), 1));
  std::memcpy(copy, text.data(), text.size());
  return {copy, text.size()};
}

void Request::reset() {
  destroy_extensions();
  method_ = Method::GET;
  method_text_ = "GET";
  minor_version_ = 1;
  query_parsed_ = false;
  cookies_parsed_ = false;
  target_ = raw_path_ = path_ = query_ = authority_ = body_ = {};
  headers_.clear();
  query_parameters_.clear();
  cookies_.clear();
  path_parameter_count_ = 0;
  id_.clear();
  arena_.release();
}

bool Request::assign_target(std::string_view target) {
  // RFC 3986 would refuse a few more characters that clients do send and that do no harm.
  if (!detail::all_in(target, detail::in_target)) return false;
  target_ = target;
  authority_ = {};
  if (target == "*") {
    raw_path_ = path_ = target;
    query_ = {};
    return true;
  }
  std::string_view rest = target;
  if (!rest.starts_with('/')) {
    const AbsoluteTarget absolute = split_absolute(target);
    if (absolute.authority.empty()) return false;
    authority_ = absolute.authority;
    rest = absolute.rest;
  }
  const std::size_t question = rest.find('?');
  raw_path_ = rest.substr(0, question);
  query_ = question == std::string_view::npos ? std::string_view{} : rest.substr(question + 1);
  if (raw_path_.empty()) raw_path_ = "/";
  return decode_path();
}

bool Request::decode_path() {
  if (raw_path_.find('%') == std::string_view::npos) {
    path_ = raw_path_;
  } else {
    std::string decoded;
    if (!detail::decode_path(raw_path_, decoded)) return false;
    path_ = keep(decoded);
  }
  return !detail::has_dot_segment(path_);
}

void Request::add_path_parameter(std::string_view name, std::string_view value) {
  if (path_parameter_count_ == max_path_parameters) {
    throw Error("Request::add_path_parameter: a route has more than 16 parameters at '" +
                std::string(name) + "'; use fewer.");
  }
  if (value.find('%') != std::string_view::npos) {
    std::string decoded;
    detail::decode_component(value, false, decoded);
    value = keep(decoded);
  }
  path_parameters_[path_parameter_count_++] = {name, value};
}

std::span<const Field> Request::query_parameters() {
  if (query_parsed_) return query_parameters_;
  query_parsed_ = true;
  const auto decoded = [this](std::string_view text) {
    if (text.find_first_of("%+") == std::string_view::npos) return text;
    std::string out;
    detail::decode_component(text, true, out);
    return keep(out);
  };
  for (std::string_view rest = query_; !rest.empty();) {
    const std::size_t end = std::min(rest.find('&'), rest.size());
    const std::string_view pair = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const std::string_view value = equals == pair.size() ? "" : pair.substr(equals + 1);
    query_parameters_.push_back({decoded(pair.substr(0, equals)), decoded(value)});
  }
  return query_parameters_;
}

std::span<const Field> Request::cookies() {
  if (cookies_parsed_) return cookies_;
  cookies_parsed_ = true;
  for (const Field& header : headers_) {
    if (!equal_ignoring_case(header.name, "Cookie")) continue;
    for (std::string_view rest = header.value; !rest.empty();) {
      const std::size_t end = std::min(rest.find(';'), rest.size());
      const std::string_view pair = rest.substr(0, end);
      rest.remove_prefix(std::min(end + 1, rest.size()));
      const std::size_t equals = pair.find('=');
      if (equals == std::string_view::npos) continue;
      std::string_view value = trimmed(pair.substr(equals + 1));
      if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
        value = value.substr(1, value.size() - 2);
      }
      std::string out;
      detail::decode_component(value, false, out);
      cookies_.push_back({trimmed(pair.substr(0, equals)), out == value ? value : keep(out)});
    }
  }
  return cookies_;
}

void Request::replace_header(std::string_view name, std::string_view value) {
  for (Field& header : headers_) {
    if (equal_ignoring_case(header.name, name)) header.value = value;
  }
}

void Request::rebase(const char* from, std::size_t size, const char* to) {
  const std::less<const char*> before;
  const auto move = [&](std::string_view& view) {
    const char* data = view.data();
    if (data == nullptr || before(data, from) || !before(data, from + size)) return;
    view = {to + (data - from), view.size()};
  };
  for (std::string_view* view :
       {&method_text_, &target_, &raw_path_, &path_, &query_, &authority_, &body_}) {
    move(*view);
  }
  for (Field& header : headers_) {
    move(header.name);
    move(header.value);
  }
}

void Request::add_extension(TypeId type, void* object, void (*destroy)(void*)) {
  extensions_.push_back({type, object, destroy});
}

void* Request::find_extension(TypeId type) const {
  for (auto extension = extensions_.rbegin(); extension != extensions_.rend(); ++extension) {
    if (extension->type == type) return extension->object;
  }
  return nullptr;
}

void Request::destroy_extensions() {
  while (!extensions_.empty()) {
    const Extension last = extensions_.back();
    extensions_.pop_back();
    if (last.destroy != nullptr) last.destroy(last.object);
  }
}

Request* current_request() noexcept { return static_cast<Request*>(async::current_subject); }

}  // namespace roost::http
