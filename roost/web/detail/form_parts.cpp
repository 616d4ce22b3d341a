#include <roost/http/exceptions.hpp>
#include <roost/http/fields.hpp>
#include <roost/web/detail/form_parts.hpp>
#include <roost/web/route_descriptor.hpp>

#include <algorithm>

namespace roost::web::detail {

namespace {

constexpr std::size_t longest_boundary = 70;
constexpr std::size_t longest_part_head = std::size_t{8} * 1024;

/// A backslash that makes the quote or backslash after it part of a quoted value.
bool is_escape(std::string_view text, std::size_t at) {
  return text[at] == '\\' && at + 1 < text.size() && (text[at + 1] == '"' || text[at + 1] == '\\');
}

std::string without_escapes(std::string_view quoted) {
  if (quoted.find('\\') == std::string_view::npos) return std::string(quoted);
  std::string plain;
  for (std::size_t i = 0; i < quoted.size(); ++i) {
    if (is_escape(quoted, i)) ++i;
    plain += quoted[i];
  }
  return plain;
}

}  // namespace

[[noreturn]] void refuse_form(const char* what) {
  throw BadRequestException(std::string("Multipart: ") + what);
}

std::optional<std::string> parameter_of(std::string_view value, std::string_view name) {
  std::size_t i = value.find(';');
  while (i < value.size()) {
    const std::size_t begin = ++i;
    while (i < value.size() && value[i] != '=' && value[i] != ';') ++i;
    const std::string_view key = http::trimmed(value.substr(begin, i - begin));
    std::string_view content;
    bool quoted = false;
    if (i < value.size() && value[i] == '=') {
      ++i;
      while (i < value.size() && (value[i] == ' ' || value[i] == '\t')) ++i;
      quoted = i < value.size() && value[i] == '"';
      if (quoted) ++i;
      const std::size_t first = i;
      while (i < value.size() && value[i] != (quoted ? '"' : ';')) {
        i += quoted && is_escape(value, i) ? 2 : 1;
      }
      content = value.substr(first, i - first);
      while (i < value.size() && value[i] != ';') ++i;
    }
    if (!http::equal_ignoring_case(key, name)) continue;
    return quoted ? without_escapes(content) : std::string(http::trimmed(content));
  }
  return std::nullopt;
}

std::string harmless_name(const std::string& name) {
  const auto slash = name.find_last_of("/\\");
  std::string harmless = slash == std::string::npos ? name : name.substr(slash + 1);
  std::erase_if(harmless, [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) == 0x7f;
  });
  if (harmless == "." || harmless == "..") harmless.clear();
  return harmless;
}

std::optional<PartHead> take_head(std::string_view& rest) {
  PartHead head;
  std::size_t taken = 0;
  for (;;) {
    const auto end = rest.find("\r\n", taken);
    const bool ends = end != std::string_view::npos;
    if ((ends ? end + 2 : rest.size()) > longest_part_head) {
      refuse_form("Headers of a part are too long");
    }
    if (!ends) return std::nullopt;
    const std::string_view line = rest.substr(taken, end - taken);
    taken = end + 2;
    if (line.empty()) {
      rest.remove_prefix(taken);
      return head;
    }
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) refuse_form("Malformed part header");
    const std::string_view name = http::trimmed(line.substr(0, colon));
    const std::string_view value = http::trimmed(line.substr(colon + 1));
    if (http::equal_ignoring_case(name, "Content-Disposition")) head.disposition = value;
    if (http::equal_ignoring_case(name, "Content-Type")) head.type = value;
  }
}

bool takes_form(const RouteDescriptor& route) {
  return std::any_of(route.parameters.begin(), route.parameters.end(), [](const auto& parameter) {
    return parameter.source == ParameterSource::file ||
           parameter.source == ParameterSource::optional_file ||
           parameter.source == ParameterSource::multipart;
  });
}

bool is_form(std::string_view content_type) {
  const std::string_view type = http::trimmed(content_type.substr(0, content_type.find(';')));
  return http::equal_ignoring_case(type, "multipart/form-data");
}

std::string boundary_of(std::string_view content_type) {
  const auto boundary = parameter_of(content_type, "boundary");
  if (!boundary || boundary->empty() || boundary->size() > longest_boundary) {
    refuse_form("Boundary not found");
  }
  return *boundary;
}

FormReader::FormReader(std::string_view boundary, FormSink& sink)
    : delimiter_{"\r\n--" + std::string(boundary)}, sink_{sink} {}

void FormReader::feed(std::string_view piece) {
  if (state_ == State::epilogue) return;
  if (held_.empty()) {
    held_ = piece.substr(take(piece));
  } else {
    held_ += piece;
    held_.erase(0, take(held_));
  }
}

std::size_t FormReader::take(std::string_view text) {
  std::size_t used = 0;
  while (step(text.substr(used), used)) {
  }
  return used;
}

void FormReader::finish() const {
  if (state_ != State::epilogue) refuse_form("Unexpected end of form");
}

// Takes what it can from the front of `rest` and adds that to `used`; false when there must be
// more.
bool FormReader::step(std::string_view rest, std::size_t& used) {
  switch (state_) {
    case State::begin:
      return begin(rest, used);
    case State::preamble: {
      const auto found = rest.find(delimiter_);
      if (found == std::string_view::npos) {
        // The delimiter may have begun.
        used += rest.size() - std::min(rest.size(), delimiter_.size() - 1);
        return false;
      }
      used += found + delimiter_.size();
      state_ = State::delimiter;
      return true;
    }
    case State::delimiter:
      return after_delimiter(rest, used);
    case State::head:
      return head(rest, used);
    case State::content_begin:
    case State::content:
      return content(rest, used);
    case State::epilogue:
      break;
  }
  used += rest.size();
  return false;
}

// The first delimiter may stand at the very beginning, without a line break before it.
bool FormReader::begin(std::string_view rest, std::size_t& used) {
  const std::string_view first = std::string_view{delimiter_}.substr(2);
  if (rest.size() < first.size() && first.starts_with(rest)) return false;
  const bool at_once = rest.starts_with(first);
  if (at_once) used += first.size();
  state_ = at_once ? State::delimiter : State::preamble;
  return true;
}

bool FormReader::after_delimiter(std::string_view rest, std::size_t& used) {
  if (rest.size() < 2) return false;
  if (!padded_ && rest.starts_with("--")) {
    state_ = State::epilogue;
    return true;
  }
  padded_ = rest.starts_with(' ') || rest.starts_with('\t');
  if (padded_) {
    ++used;
    return true;
  }
  if (!rest.starts_with("\r\n")) refuse_form("Unexpected end of form");
  used += 2;
  state_ = State::head;
  return true;
}

bool FormReader::head(std::string_view rest, std::size_t& used) {
  std::string_view left = rest;
  const std::optional<PartHead> head = take_head(left);
  if (!head) return false;
  used += rest.size() - left.size();
  state_ = State::content_begin;
  sink_.begin_part(*head);
  return true;
}

bool FormReader::content(std::string_view rest, std::size_t& used) {
  // An empty part ends with the line break that ended its head.
  const std::string_view at_once = std::string_view{delimiter_}.substr(2);
  if (state_ == State::content_begin) {
    if (rest.size() < at_once.size() && at_once.starts_with(rest)) return false;
    state_ = State::content;
    if (rest.starts_with(at_once)) return end_part(at_once.size(), used);
  }
  const auto found = rest.find(delimiter_);
  if (found != std::string_view::npos) {
    sink_.data(rest.substr(0, found));
    return end_part(found + delimiter_.size(), used);
  }
  const std::size_t sure = rest.size() - std::min(rest.size(), delimiter_.size() - 1);
  sink_.data(rest.substr(0, sure));
  used += sure;
  return false;
}

bool FormReader::end_part(std::size_t taken, std::size_t& used) {
  used += taken;
  padded_ = false;
  state_ = State::delimiter;
  sink_.end_part();
  return true;
}

}  // namespace roost::web::detail
