// Keeping of issues, and their English.
#include <roost/json/issues.hpp>
#include <roost/meta/annotation.hpp>

#include <algorithm>
#include <iterator>

namespace roost::json {

namespace {

using reflect::TypeDescriptor;
using reflect::TypeKind;

std::string expected_text(const TypeDescriptor* type) {
  if (type == nullptr) return "another value";
  switch (type->kind) {
    case TypeKind::boolean:
      return "true or false";
    case TypeKind::integer:
      return "an integer";
    case TypeKind::floating:
      return "a number";
    case TypeKind::string:
      return "a string";
    case TypeKind::enumeration:
      return "a string";
    case TypeKind::text:
      return "a string";
    case TypeKind::object:
    case TypeKind::map:
    case TypeKind::reference:
      return "an object";
    case TypeKind::sequence:
      return "an array";
    case TypeKind::optional:
      return expected_text(&type->optional->element());
    case TypeKind::variant:
      return "a value of one of its alternatives";
    case TypeKind::dynamic:
      return "any value";
  }
  return "another value";
}

std::string raw_text(const RawValue& raw) {
  switch (raw.kind) {
    case RawKind::absent:
      return "nothing";
    case RawKind::null:
      return "null";
    case RawKind::boolean:
      return raw.boolean ? "true" : "false";
    case RawKind::number:
      return "a number";
    case RawKind::string:
      return "a string";
    case RawKind::array:
      return "an array";
    case RawKind::object:
      return "an object";
  }
  return "nothing";
}

std::string range_text(const TypeDescriptor* type) {
  if (type == nullptr || type->kind != TypeKind::integer) return "the number is too large";
  const unsigned bits = type->integer.bytes * 8U;
  return "the number does not fit into " + std::to_string(bits) + " bits" +
         (type->integer.is_signed ? "" : " without sign");
}

std::string form_text(const TypeDescriptor* type, const reflect::FieldDescriptor* field) {
  if (field != nullptr) {
    const auto* form = reflect::find_annotation<reflect::TextForm>(field->annotations);
    if (form != nullptr) return std::string{form->expected};
  }
  if (type == nullptr) return "the string has the wrong form";
  if (type->kind == TypeKind::text) return std::string{type->text->expected};
  if (type->kind != TypeKind::enumeration) return "the string has the wrong form";
  std::string text = "must be one of the following values: ";
  for (const reflect::Enumerator& enumerator : type->enumeration->enumerators) {
    if (&enumerator != type->enumeration->enumerators.data()) text += ", ";
    text += enumerator.name;
  }
  return text;
}

std::string fault_text(const Issue& issue) {
  switch (issue.code) {
    case IssueCode::missing:
      return "required, but not given";
    case IssueCode::null_value:
      return "must not be null";
    case IssueCode::wrong_type:
      return "expected " + expected_text(issue.type) + ", got " + raw_text(issue.raw);
    case IssueCode::not_an_integer:
      return "must be an integer number";
    case IssueCode::out_of_range:
      return range_text(issue.type);
    case IssueCode::invalid_text:
      return form_text(issue.type, issue.field);
    case IssueCode::wrong_size: {
      const std::size_t size = issue.type == nullptr ? 0 : issue.type->sequence->fixed_size;
      return "must have " + std::to_string(size) + " elements, has " +
             std::to_string(issue.raw.size);
    }
    case IssueCode::unknown_member:
      return "should not exist";
    case IssueCode::duplicate_member:
      return "given more than once";
    case IssueCode::too_deep:
    case IssueCode::too_large:
    case IssueCode::invalid_json:
    case IssueCode::invalid_utf8:
      return issue.detail;
  }
  return issue.detail;
}

}  // namespace

std::string_view to_string(IssueCode code) {
  switch (code) {
    case IssueCode::missing:
      return "missing";
    case IssueCode::null_value:
      return "null_value";
    case IssueCode::wrong_type:
      return "wrong_type";
    case IssueCode::not_an_integer:
      return "not_an_integer";
    case IssueCode::out_of_range:
      return "out_of_range";
    case IssueCode::invalid_text:
      return "invalid_text";
    case IssueCode::wrong_size:
      return "wrong_size";
    case IssueCode::unknown_member:
      return "unknown_member";
    case IssueCode::duplicate_member:
      return "duplicate_member";
    case IssueCode::too_deep:
      return "too_deep";
    case IssueCode::too_large:
      return "too_large";
    case IssueCode::invalid_json:
      return "invalid_json";
    case IssueCode::invalid_utf8:
      return "invalid_utf8";
  }
  return "unknown";
}

std::string to_string(std::span<const PathSegment> path) {
  std::string text;
  for (const PathSegment& segment : path) {
    if (&segment != path.data()) text += '.';
    text += segment.is_index() ? std::to_string(segment.index()) : segment.name();
  }
  return text;
}

std::string describe(const Issue& issue) {
  std::string text = to_string(issue.path);
  if (!text.empty()) text += ": ";
  return text + fault_text(issue);
}

void Issues::add(Issue issue) {
  if (issues_.size() >= limit_) {
    ++omitted_;
    return;
  }
  issues_.push_back(std::move(issue));
}

void Issues::set_document_fault(IssueCode code, std::string detail) {
  clear();
  Issue issue;
  issue.code = code;
  issue.detail = std::move(detail);
  issues_.push_back(std::move(issue));
  document_fault_ = true;
}

void Issues::clear() {
  issues_.clear();
  omitted_ = 0;
  document_fault_ = false;
}

void Issues::truncate(std::size_t size) {
  if (size < issues_.size())
    issues_.erase(issues_.begin() + static_cast<std::ptrdiff_t>(size), issues_.end());
}

void Issues::take(Issues&& other) {
  for (Issue& issue : other.issues_) add(std::move(issue));
  omitted_ += other.omitted_;
  other.clear();
}

const Issue* Issues::find(std::span<const PathSegment> path) const {
  const auto found = std::find_if(issues_.begin(), issues_.end(), [&](const Issue& issue) {
    return std::equal(issue.path.begin(), issue.path.end(), path.begin(), path.end());
  });
  return found == issues_.end() ? nullptr : &*found;
}

std::string to_string(const Issues& issues) {
  std::string text;
  for (const Issue& issue : issues) {
    if (!text.empty()) text += '\n';
    text += describe(issue);
  }
  if (issues.omitted() > 0) {
    text += "\nand " + std::to_string(issues.omitted()) + " more";
  }
  return text;
}

ReadError::ReadError(Issues issues)
    : Error("cannot read JSON: " + to_string(issues)), issues_{std::move(issues)} {}

}  // namespace roost::json
