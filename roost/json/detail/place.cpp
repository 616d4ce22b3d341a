// Making of paths and issues.
#include <roost/json/detail/place.hpp>
#include <roost/meta/annotation.hpp>

#include <algorithm>
#include <utility>

namespace roost::json::detail {

using reflect::TypeDescriptor;

Path path_of(const Place* place) {
  Path path;
  for (; place != nullptr; place = place->outer) {
    if (place->is_index) {
      path.emplace_back(place->index);
    } else {
      path.emplace_back(place->name);
    }
  }
  std::reverse(path.begin(), path.end());
  return path;
}

Issue make_issue(IssueCode code, const TypeDescriptor* type, const Place* place, RawValue raw) {
  Issue issue;
  issue.path = path_of(place);
  issue.code = code;
  issue.field = place == nullptr ? nullptr : place->field;
  issue.type = type;
  issue.raw = std::move(raw);
  return issue;
}

bool has_form(const Place* place, std::string_view text) {
  if (place == nullptr || place->field == nullptr) return true;
  const auto* form = reflect::find_annotation<reflect::TextForm>(place->field->annotations);
  return form == nullptr || form->accepts(text);
}

RawValue raw_string(std::string_view text) {
  RawValue raw;
  raw.kind = RawKind::string;
  raw.size = text.size();
  if (text.size() > RawValue::max_text) {
    std::size_t size = RawValue::max_text;
    while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0U) == 0x80) --size;
    text = text.substr(0, size);
  }
  raw.text = text;
  return raw;
}

}  // namespace roost::json::detail
