// Conversion of flat texts: stricter than JavaScript, which takes "" for 0 and "0x10" for 16.
#include <roost/json/detail/number.hpp>
#include <roost/json/detail/plan.hpp>
#include <roost/json/detail/reader.hpp>
#include <roost/json/detail/utf8.hpp>
#include <roost/json/form.hpp>
#include <roost/meta/annotation.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace roost::json {

namespace {

using detail::ExactInteger;
using detail::IntegerForm;
using detail::make_issue;
using detail::NumberText;
using detail::Place;
using reflect::ObjectDetails;
using reflect::TypeDescriptor;
using reflect::TypeKind;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view skip_sign(std::string_view text, bool plus_too) {
  if (!text.empty() && (text.front() == '-' || (plus_too && text.front() == '+'))) {
    text.remove_prefix(1);
  }
  return text;
}

bool is_decimal_integer(std::string_view text) {
  text = skip_sign(text, false);
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

/// As JSON, but leading zeros, a plus sign and a bare decimal point on either side are fine.
bool is_decimal_number(std::string_view text) {
  text = skip_sign(text, true);
  const auto take_digits = [&text] {
    const auto end = std::find_if_not(text.begin(), text.end(), is_digit);
    const auto count = static_cast<std::size_t>(end - text.begin());
    text.remove_prefix(count);
    return count;
  };
  std::size_t digits = take_digits();
  if (!text.empty() && text.front() == '.') {
    text.remove_prefix(1);
    digits += take_digits();
  }
  if (digits == 0) return false;
  if (text.empty()) return true;
  if (text.front() != 'e' && text.front() != 'E') return false;
  text = skip_sign(text.substr(1), true);
  return take_digits() > 0 && text.empty();
}

/// For a text that is a decimal number.
NumberText number_of(std::string_view text) {
  NumberText number;
  number.text = text;
  number.negative = text.front() == '-';
  number.plain = is_decimal_integer(text);
  if (!number.plain) return number;
  std::uint64_t magnitude = 0;
  for (const char c : skip_sign(text, false)) {
    const auto digit = static_cast<std::uint64_t>(c - '0');
    if (__builtin_mul_overflow(magnitude, 10U, &magnitude) ||
        __builtin_add_overflow(magnitude, digit, &magnitude)) {
      return number;
    }
  }
  number.magnitude = magnitude;
  return number;
}

/// Converts the values of one request.
class TextReader {
 public:
  explicit TextReader(Issues& issues) : issues_{&issues} {}

  void read(const TypeDescriptor& type, std::string_view text, void* out, const Place* place) {
    switch (type.kind) {
      case TypeKind::boolean:
        return read_boolean(type, text, out, place);
      case TypeKind::integer:
        return read_integer(type, text, out, place);
      case TypeKind::floating:
        return read_floating(type, text, out, place);
      case TypeKind::string:
        return read_string(type, text, out, place);
      case TypeKind::enumeration:
        if (!detail::store_enumerator(*type.enumeration, text, out)) {
          report_text(IssueCode::invalid_text, type, text, place);
        }
        return;
      case TypeKind::text:
        if (!detail::has_form(place, text) || !type.text->parse(text, out)) {
          report_text(IssueCode::invalid_text, type, text, place);
        }
        return;
      case TypeKind::sequence: {
        const std::string_view texts[] = {text};
        return read_sequence(type, texts, out, place);
      }
      case TypeKind::optional:
        return read(type.optional->element(), text, type.optional->emplace(out), place);
      case TypeKind::variant:
        return read_variant(type, text, out, place);
      case TypeKind::dynamic:
        *static_cast<Value*>(out) = Value{text};
        return;
      case TypeKind::object:
      case TypeKind::map:
      case TypeKind::reference:
        return report_text(IssueCode::wrong_type, type, text, place);
    }
  }

  /// All values under one name.
  void read_all(const TypeDescriptor& type, std::span<const std::string_view> texts, void* out,
                const Place* place) {
    if (type.kind == TypeKind::optional) {
      return read_all(type.optional->element(), texts, type.optional->emplace(out), place);
    }
    if (type.kind == TypeKind::sequence) return read_sequence(type, texts, out, place);
    if (texts.size() == 1) return read(type, texts.front(), out, place);
    RawValue raw;
    raw.kind = RawKind::array;
    raw.size = texts.size();
    report(IssueCode::wrong_type, type, place, std::move(raw));
  }

 private:
  void report(IssueCode code, const TypeDescriptor& type, const Place* place, RawValue raw) {
    issues_->add(make_issue(code, &type, place, std::move(raw)));
  }
  void report_text(IssueCode code, const TypeDescriptor& type, std::string_view text,
                   const Place* place) {
    report(code, type, place, detail::raw_string(detail::repaired_utf8(text)));
  }

  void read_boolean(const TypeDescriptor& type, std::string_view text, void* out,
                    const Place* place) {
    if (text != "true" && text != "false") {
      return report_text(IssueCode::wrong_type, type, text, place);
    }
    *static_cast<bool*>(out) = text == "true";
  }

  void read_integer(const TypeDescriptor& type, std::string_view text, void* out,
                    const Place* place) {
    if (!is_decimal_number(text)) return report_text(IssueCode::wrong_type, type, text, place);
    const NumberText number = number_of(text);
    ExactInteger integer;
    const IntegerForm form = detail::exact_integer(number, integer);
    if (form == IntegerForm::fraction) {
      return report(IssueCode::not_an_integer, type, place, detail::raw_number(number));
    }
    // "1.0" and "1e3" are integers in value only: what is refused is how they are written.
    if (!number.plain) return report_text(IssueCode::wrong_type, type, text, place);
    if (form == IntegerForm::integer && detail::store_integer(type.integer, integer, out)) return;
    report(IssueCode::out_of_range, type, place, detail::raw_number(number));
  }

  void read_floating(const TypeDescriptor& type, std::string_view text, void* out,
                     const Place* place) {
    if (!is_decimal_number(text)) return report_text(IssueCode::wrong_type, type, text, place);
    const NumberText number = number_of(text);
    const double value = type.size == sizeof(float)
                             ? static_cast<double>(detail::nearest_float(number))
                             : detail::nearest_double(number);
    if (!std::isfinite(value)) {
      return report(IssueCode::out_of_range, type, place, detail::raw_number(number));
    }
    if (type.size == sizeof(float)) {
      *static_cast<float*>(out) = static_cast<float>(value);
    } else {
      *static_cast<double*>(out) = value;
    }
  }

  void read_string(const TypeDescriptor& type, std::string_view text, void* out,
                   const Place* place) {
    if (!detail::is_utf8(text)) return report_text(IssueCode::invalid_text, type, text, place);
    static_cast<std::string*>(out)->assign(text);
  }

  struct Element {
    TextReader& reader;
    const TypeDescriptor& type;
    std::string_view text;
    Place& place;

    static bool fill(void* opaque, void* element) {
      const Element& self = *static_cast<Element*>(opaque);
      self.reader.read(self.type, self.text, element, &self.place);
      return true;
    }
  };

  void read_sequence(const TypeDescriptor& type, std::span<const std::string_view> texts, void* out,
                     const Place* place) {
    const reflect::SequenceDetails& details = *type.sequence;
    const TypeDescriptor& element = details.element();
    if (element.kind == TypeKind::sequence) {  // commas cannot say which level they belong to
      return report_text(IssueCode::wrong_type, type, texts.front(), place);
    }
    if (details.fixed_size == 0) details.clear(out);
    Place here{place, place == nullptr ? nullptr : place->field, {}, 0, true};
    std::size_t count = 0;
    for (std::string_view text : texts) {
      for (bool more = true; more; ++count) {
        const std::size_t comma = text.find(',');
        more = comma != std::string_view::npos;
        Element context{*this, element, text.substr(0, comma), here};
        here.index = count;
        if (details.fixed_size == 0 || count < details.fixed_size) {
          details.append(out, count, &context, &Element::fill);
        }
        if (more) text.remove_prefix(comma + 1);
      }
    }
    if (details.fixed_size != 0 && count != details.fixed_size) {
      RawValue raw;
      raw.kind = RawKind::array;
      raw.size = count;
      report(IssueCode::wrong_size, type, place, std::move(raw));
    }
  }

  void read_variant(const TypeDescriptor& type, std::string_view text, void* out,
                    const Place* place) {
    Issues* const issues = issues_;
    for (std::size_t i = 0; i < type.variant->alternatives.size(); ++i) {
      Issues trial;
      issues_ = &trial;
      read(type.variant->alternatives[i](), text, type.variant->emplace(out, i), place);
      issues_ = issues;
      if (trial.empty()) return;
    }
    report_text(IssueCode::wrong_type, type, text, place);
  }

  Issues* issues_;
};

/// The readable member of that name, or `not_found`.
std::size_t find_member(const detail::ReadPlan& plan, std::string_view name) {
  const std::size_t index = plan.find(name);
  if (index == detail::ReadPlan::not_found || !plan.members[index].readable) {
    return detail::ReadPlan::not_found;
  }
  return index;
}

}  // namespace

bool read_text(const TypeDescriptor& type, std::string_view text, void* out, Issues& issues) {
  const std::size_t before = issues.size() + issues.omitted();
  TextReader{issues}.read(type, text, out, nullptr);
  return issues.size() + issues.omitted() == before;
}

bool read_form(const TypeDescriptor& type, std::span<const FormEntry> entries, void* object,
               const ReadOptions& options, Issues& issues) {
  issues.clear();
  const detail::ReadPlan& plan = detail::read_plan(type);
  const std::ptrdiff_t presence = type.object->presence_offset;
  std::vector<std::vector<std::string_view>> values(plan.members.size());
  for (const auto& [name, value] : entries) {
    const std::size_t index = find_member(plan, name);
    if (index != detail::ReadPlan::not_found) {
      values[index].push_back(value);
    } else if (options.unknown_members == UnknownMembers::refuse) {
      const std::string shown = detail::repaired_utf8(name);
      const Place here{nullptr, nullptr, shown, 0, false};
      issues.add(make_issue(IssueCode::unknown_member, nullptr, &here,
                            detail::raw_string(detail::repaired_utf8(value))));
    }
  }
  TextReader reader{issues};
  for (std::size_t i = 0; i < plan.members.size(); ++i) {
    const detail::ReadMember& member = plan.members[i];
    const Place here{nullptr, member.field, member.name, 0, false};
    if (!values[i].empty()) {
      if (presence != ObjectDetails::no_presence) {
        void* set = static_cast<std::byte*>(object) + presence;
        static_cast<reflect::FieldSet*>(set)->insert(member.field->index);
      }
      if (values[i].size() == 1 && values[i].front().empty()) {
        const auto* other = reflect::find_annotation<reflect::EmptyAs>(member.field->annotations);
        if (other != nullptr) values[i].front() = other->text;
      }
      reader.read_all(*member.type, values[i], reflect::field_of(object, *member.field), &here);
    } else if (plan.required.contains(i)) {
      const TypeDescriptor* expected = member.type;
      while (expected->kind == TypeKind::optional) expected = &expected->optional->element();
      issues.add(make_issue(IssueCode::missing, expected, &here));
    }
  }
  return issues.empty();
}

}  // namespace roost::json
