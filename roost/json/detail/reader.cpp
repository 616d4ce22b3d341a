// Reading of values of every type.
#include <roost/base/error.hpp>
#include <roost/json/detail/reader.hpp>
#include <roost/json/detail/utf8.hpp>

#include <algorithm>
#include <cmath>
#include <memory>

namespace roost::json::detail {

using reflect::FieldDescriptor;
using reflect::MapDetails;
using reflect::ObjectDetails;
using reflect::OptionalDetails;
using reflect::SequenceDetails;
using reflect::TypeDescriptor;
using reflect::TypeKind;
using reflect::VariantDetails;

namespace {

template <class T>
T& as(void* object) {
  return *static_cast<T*>(object);
}

bool starts_number(char c) { return c == '-' || (c >= '0' && c <= '9'); }

/// True when a value that starts with `c` may be of the type.
bool may_start(const TypeDescriptor& type, char c) {
  switch (type.kind) {
    case TypeKind::boolean:
      return c == 't' || c == 'f';
    case TypeKind::integer:
    case TypeKind::floating:
      return starts_number(c);
    case TypeKind::string:
    case TypeKind::enumeration:
    case TypeKind::text:
      return c == '"';
    case TypeKind::object:
    case TypeKind::map:
      return c == '{';
    case TypeKind::sequence:
      return c == '[';
    case TypeKind::optional:
      return c == 'n' || may_start(type.optional->element(), c);
    case TypeKind::variant:
      return std::any_of(type.variant->alternatives.begin(), type.variant->alternatives.end(),
                         [&](reflect::TypeRef alternative) { return may_start(alternative(), c); });
    case TypeKind::dynamic:
      return true;
  }
  return false;
}

}  // namespace

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

bool store_enumerator(const reflect::EnumerationDetails& details, std::string_view name,
                      void* target) {
  for (const reflect::Enumerator& enumerator : details.enumerators) {
    if (enumerator.name != name) continue;
    // Values of 64 bits without sign are kept in the same bits.
    const bool negative = enumerator.value < 0 && details.underlying.is_signed;
    const auto bits = static_cast<std::uint64_t>(enumerator.value);
    return store_integer(details.underlying, {negative, negative ? 0 - bits : bits}, target);
  }
  return false;
}

TemporaryObject::TemporaryObject(const TypeDescriptor& type) : type_{type} {
  if (type.construct == nullptr) {
    throw Error("cannot read " + std::string{type.qualified_name} +
                " from JSON: it has no default constructor");
  }
  storage_.resize((type.size + type.alignment) / sizeof(std::max_align_t) + 1);
  void* storage = storage_.data();
  std::size_t space = storage_.size() * sizeof(std::max_align_t);
  storage = std::align(type.alignment, type.size, storage, space);
  type.construct(storage);
  object_ = storage;
}

TemporaryObject::~TemporaryObject() { type_.destroy(object_); }

bool Reader::enter() {
  const unsigned limit = std::min(options_.max_depth, ReadOptions::deepest);
  if (++depth_ <= limit) return true;
  return cursor_.fail(IssueCode::too_deep,
                      "JSON is nested deeper than " + std::to_string(limit) + " levels");
}

bool Reader::check_text() {
  if (text_.size() > options_.max_bytes) {
    issues_->set_document_fault(IssueCode::too_large,
                                "JSON text is longer than " + std::to_string(options_.max_bytes) +
                                    " bytes: it has " + std::to_string(text_.size()));
    return false;
  }
  const char* end = text_.data() + text_.size();
  const char* bad = find_invalid_utf8(text_.data(), end);
  if (bad == end) return true;
  cursor_.rewind(bad);
  return cursor_.fail(IssueCode::invalid_utf8, "JSON text is not UTF-8: invalid byte");
}

template <class ReadRoot>
bool Reader::run(const ReadRoot& read_root) {
  issues_->clear();
  if (!check_text() || !read_root() || !cursor_.read_end()) {
    if (!cursor_.fault_text().empty()) {
      issues_->set_document_fault(cursor_.fault_code(), std::move(cursor_.fault_text()));
    }
    return false;
  }
  return issues_->empty();
}

bool Reader::read_document(const TypeDescriptor& type, void* target) {
  return run([&] { return read(type, target, nullptr); });
}

bool Reader::read_document(Value& target) {
  return run([&] { return read_dynamic(target, nullptr); });
}

void Reader::report(IssueCode code, const TypeDescriptor* type, const Place* place, RawValue raw) {
  issues_->add(make_issue(code, type, place, std::move(raw)));
}

bool Reader::mismatch(IssueCode code, const TypeDescriptor& type, const Place* place) {
  RawValue raw;
  if (!read_raw(raw)) return false;
  report(code, &type, place, std::move(raw));
  return true;
}

bool Reader::read(const TypeDescriptor& type, void* target, const Place* place) {
  switch (type.kind) {
    case TypeKind::boolean:
      return read_boolean(type, target, place);
    case TypeKind::integer:
      return read_integer(type, target, place);
    case TypeKind::floating:
      return read_floating(type, target, place);
    case TypeKind::string:
    case TypeKind::enumeration:
    case TypeKind::text:
      return read_string(type, target, place);
    case TypeKind::object:
      return read_object(type, target, place);
    case TypeKind::sequence:
      return read_sequence(type, target, place);
    case TypeKind::map:
      return read_map(type, target, place);
    case TypeKind::optional:
      return read_optional(*type.optional, target, place);
    case TypeKind::variant:
      return read_variant(type, target, place);
    case TypeKind::dynamic:
      return read_dynamic(as<Value>(target), place);
  }
  return true;
}

namespace {

IssueCode wrong(char c) { return c == 'n' ? IssueCode::null_value : IssueCode::wrong_type; }

}  // namespace

bool Reader::read_boolean(const TypeDescriptor& type, void* target, const Place* place) {
  const char c = cursor_.peek();
  if (c != 't' && c != 'f') return mismatch(wrong(c), type, place);
  as<bool>(target) = c == 't';
  return cursor_.read_word(c == 't' ? "true" : "false");
}

bool Reader::read_integer(const TypeDescriptor& type, void* target, const Place* place) {
  const char c = cursor_.peek();
  if (!starts_number(c)) return mismatch(wrong(c), type, place);
  std::int64_t small = 0;
  if (cursor_.take_small_integer(small)) {
    if (type.integer.bytes == 4 && type.integer.is_signed && small >= INT32_MIN &&
        small <= INT32_MAX) [[likely]] {
      as<std::int32_t>(target) = static_cast<std::int32_t>(small);
      return true;
    }
    const ExactInteger exact{small < 0, static_cast<std::uint64_t>(small < 0 ? -small : small)};
    if (store_integer(type.integer, exact, target)) return true;
    report(IssueCode::out_of_range, &type, place, raw_integer(exact));
    return true;
  }
  NumberText number;
  if (!cursor_.read_number(number)) return false;
  ExactInteger integer;
  const IntegerForm form = exact_integer(number, integer);
  if (form == IntegerForm::integer && store_integer(type.integer, integer, target)) return true;
  const bool fraction = form == IntegerForm::fraction;
  report(fraction ? IssueCode::not_an_integer : IssueCode::out_of_range, &type, place,
         raw_number(number));
  return true;
}

bool Reader::read_floating(const TypeDescriptor& type, void* target, const Place* place) {
  const char c = cursor_.peek();
  if (!starts_number(c)) return mismatch(wrong(c), type, place);
  NumberText number;
  if (!cursor_.read_number(number)) return false;
  bool finite = false;
  if (type.size == sizeof(float)) {
    as<float>(target) = nearest_float(number);
    finite = std::isfinite(as<float>(target));
    if (!finite) as<float>(target) = 0;
  } else {
    as<double>(target) = nearest_double(number);
    finite = std::isfinite(as<double>(target));
    if (!finite) as<double>(target) = 0;
  }
  if (!finite) report(IssueCode::out_of_range, &type, place, raw_number(number));
  return true;
}

/// std::string, enumerators and classes that are written as a string.
bool Reader::read_string(const TypeDescriptor& type, void* target, const Place* place) {
  const char c = cursor_.peek();
  if (c != '"') return mismatch(wrong(c), type, place);
  std::string_view text;
  if (!cursor_.read_string(text)) return false;
  if (type.kind == TypeKind::string) {
    as<std::string>(target).assign(text);
    return true;
  }
  const bool good = type.kind == TypeKind::text ? type.text->parse(text, target)
                                                : store_enumerator(*type.enumeration, text, target);
  if (!good) report(IssueCode::invalid_text, &type, place, raw_string(text));
  return true;
}

bool Reader::read_object(const TypeDescriptor& type, void* target, const Place* place) {
  const char c = cursor_.peek();
  if (c != '{') return mismatch(wrong(c), type, place);
  const Level level{*this};
  return level.ok() && read_members(type, target, place);
}

bool Reader::read_members(const TypeDescriptor& type, void* target, const Place* place) {
  const ReadPlan& plan = read_plan(type);
  const std::ptrdiff_t presence = type.object->presence_offset;
  MemberSet seen;
  Place here{place, nullptr, {}, 0, false};
  cursor_.next();
  bool more = cursor_.peek() != '}';
  if (!more) cursor_.next();
  std::size_t expected = 0;
  while (more) {
    std::size_t index = expected;
    if (!find_member(plan, index)) return false;
    if (index == ReadPlan::not_found) {
      if (!refuse_member(here)) return false;
    } else {
      const ReadMember& member = plan.members[index];
      here.name = member.name;
      here.field = member.field;
      if (seen.contains(index)) {
        if (!mismatch(IssueCode::duplicate_member, *member.type, &here)) return false;
      } else if (member.null_is_absent && cursor_.peek() == 'n') {
        seen.insert(index);
        if (!cursor_.read_word("null")) return false;
      } else {
        seen.insert(index);
        auto* object = static_cast<std::byte*>(target);
        if (presence != ObjectDetails::no_presence) {
          as<reflect::FieldSet>(object + presence).insert(member.field->index);
        }
        if (!read(*member.type, object + member.offset, &here)) return false;
      }
      expected = index + 1;
    }
    if (!cursor_.read_separator('}', more)) return false;
  }
  if (!seen.contains_all_of(plan.required)) report_missing(plan, seen, here);
  return true;
}

/// Goes over a name and its colon. Clients mostly send members in the order of declaration, so the
/// one at `index` is tried first. For other names than members' `unknown_name_` is set.
bool Reader::find_member(const ReadPlan& plan, std::size_t& index) {
  if (cursor_.peek() != '"') return cursor_.fail_unexpected("a member name in quotes");
  if (index < plan.members.size() && cursor_.take_key(plan.members[index].key)) return true;
  std::string_view name;
  if (!cursor_.read_string(name)) return false;
  index = plan.find(name);
  if (index != ReadPlan::not_found && !plan.members[index].readable) index = ReadPlan::not_found;
  if (index == ReadPlan::not_found) unknown_name_ = name;
  return cursor_.read_colon();
}

bool Reader::refuse_member(Place& here) {
  if (options_.unknown_members == UnknownMembers::ignore) return skip_value();
  here.name = unknown_name_;
  here.field = nullptr;
  RawValue raw;
  if (!read_raw(raw)) return false;
  report(IssueCode::unknown_member, nullptr, &here, std::move(raw));
  return true;
}

void Reader::report_missing(const ReadPlan& plan, const MemberSet& seen, Place& here) {
  for (std::size_t i = 0; i < plan.members.size(); ++i) {
    if (!plan.required.contains(i) || seen.contains(i)) continue;
    const ReadMember& member = plan.members[i];
    here.name = member.name;
    here.field = member.field;
    const TypeDescriptor* type = member.type;
    while (type->kind == TypeKind::optional) type = &type->optional->element();
    report(IssueCode::missing, type, &here);
  }
}

struct Reader::ElementContext {
  Reader& reader;
  const TypeDescriptor& type;
  Place& place;
  bool filled = false;  // the container asked for the element
  bool ok = true;

  static bool fill(void* opaque, void* element) {
    ElementContext& self = *static_cast<ElementContext*>(opaque);
    self.filled = true;
    self.ok = self.reader.read(self.type, element, &self.place);
    return self.ok;
  }
};

bool Reader::read_sequence(const TypeDescriptor& type, void* target, const Place* place) {
  const char c = cursor_.peek();
  if (c != '[') return mismatch(wrong(c), type, place);
  const Level level{*this};
  return level.ok() && read_elements(type, target, place);
}

bool Reader::read_elements(const TypeDescriptor& type, void* target, const Place* place) {
  const SequenceDetails& details = *type.sequence;
  const std::size_t fixed = details.fixed_size;
  if (fixed == 0) details.clear(target);
  Place here{place, place == nullptr ? nullptr : place->field, {}, 0, true};
  ElementContext context{*this, details.element(), here};
  cursor_.next();
  bool more = cursor_.peek() != ']';
  if (!more) cursor_.next();
  std::size_t count = 0;
  for (; more; ++count) {
    here.index = count;
    if (fixed != 0 && count >= fixed) {
      if (!skip_value()) return false;
    } else {
      context.filled = false;
      details.append(target, count, &context, &ElementContext::fill);
      if (!context.ok || (!context.filled && !skip_value())) return false;
    }
    if (!cursor_.read_separator(']', more)) return false;
  }
  if (fixed != 0 && count != fixed) {
    RawValue raw;
    raw.kind = RawKind::array;
    raw.size = count;
    report(IssueCode::wrong_size, &type, place, std::move(raw));
  }
  return true;
}

bool Reader::read_map(const TypeDescriptor& type, void* target, const Place* place) {
  const char c = cursor_.peek();
  if (c != '{') return mismatch(wrong(c), type, place);
  const Level level{*this};
  return level.ok() && read_entries(type, target, place);
}

bool Reader::read_entries(const TypeDescriptor& type, void* target, const Place* place) {
  const MapDetails& details = *type.map;
  details.clear(target);
  cursor_.next();
  bool more = cursor_.peek() != '}';
  if (!more) cursor_.next();
  std::string name;
  while (more) {
    if (cursor_.peek() != '"') return cursor_.fail_unexpected("a member name in quotes");
    std::string_view key;
    if (!cursor_.read_string(key)) return false;
    name = key;
    if (!cursor_.read_colon() || !read_entry(details, name, target, place)) return false;
    if (!cursor_.read_separator('}', more)) return false;
  }
  return true;
}

bool Reader::read_entry(const MapDetails& details, const std::string& name, void* target,
                        const Place* place) {
  const TypeDescriptor& key_type = details.key();
  Place here{place, place == nullptr ? nullptr : place->field, name, 0, false};
  ElementContext context{*this, details.value(), here};
  if (key_type.kind == TypeKind::string) {
    details.insert(target, &name, &context, &ElementContext::fill);
  } else {
    TemporaryObject key{key_type};
    bool good = false;
    if (key_type.kind == TypeKind::integer) {
      NumberText number;
      const char* end = name.data() + name.size();
      ExactInteger integer;
      good = scan_number(name.data(), end, number) == end && number.plain &&
             exact_integer(number, integer) == IntegerForm::integer &&
             store_integer(key_type.integer, integer, key.get());
    } else if (key_type.kind == TypeKind::enumeration) {
      good = store_enumerator(*key_type.enumeration, name, key.get());
    } else if (key_type.kind == TypeKind::text) {
      good = key_type.text->parse(name, key.get());
    }
    if (!good) {
      report(IssueCode::invalid_text, &key_type, &here, raw_string(name));
      return skip_value();
    }
    details.insert(target, key.get(), &context, &ElementContext::fill);
  }
  if (context.filled) return context.ok;
  return mismatch(IssueCode::duplicate_member, context.type, &here);
}

bool Reader::read_optional(const OptionalDetails& details, void* target, const Place* place) {
  if (cursor_.peek() == 'n') {
    if (details.set_null != nullptr) {
      details.set_null(target);
    } else {
      details.reset(target);
    }
    return cursor_.read_word("null");
  }
  return read(details.element(), details.emplace(target), place);
}

bool Reader::read_variant(const TypeDescriptor& type, void* target, const Place* place) {
  const VariantDetails& details = *type.variant;
  const char c = cursor_.peek();
  const char* begin = cursor_.position();
  const char* end = begin;
  Issues* const issues = issues_;
  Issues best;
  bool tried = false;
  for (std::size_t i = 0; i < details.alternatives.size(); ++i) {
    const TypeDescriptor& alternative = details.alternatives[i]();
    if (!may_start(alternative, c)) continue;
    if (tried && variant_retries_left_ == 0) break;
    if (tried) --variant_retries_left_;
    cursor_.rewind(begin);
    Issues trial;
    issues_ = &trial;
    const bool ok = read(alternative, details.emplace(target, i), place);
    issues_ = issues;
    if (!ok || trial.empty()) return ok;
    if (!tried || trial.size() < best.size()) best = std::move(trial);
    tried = true;
    end = cursor_.position();  // the same for all: they read the same value
  }
  if (!tried) return mismatch(wrong(c), type, place);
  cursor_.rewind(end);
  issues->take(std::move(best));
  return true;
}

bool Reader::read_raw(RawValue& raw) {
  const char c = cursor_.peek();
  if (c == '"') {
    std::string_view text;
    if (!cursor_.read_string(text)) return false;
    raw = raw_string(text);
    return true;
  }
  if (c == '{') {
    raw.kind = RawKind::object;
    return skip_object(raw.size);
  }
  if (c == '[') {
    raw.kind = RawKind::array;
    return skip_array(raw.size);
  }
  if (c == 't' || c == 'f') {
    raw.kind = RawKind::boolean;
    raw.boolean = c == 't';
    return cursor_.read_word(c == 't' ? "true" : "false");
  }
  if (c == 'n') {
    raw.kind = RawKind::null;
    return cursor_.read_word("null");
  }
  if (!starts_number(c)) return cursor_.fail_unexpected("a value");
  NumberText number;
  if (!cursor_.read_number(number)) return false;
  raw = raw_number(number);
  return true;
}

/// As `read_raw`, without looking at what it is.
bool Reader::skip_value() {
  const char c = cursor_.peek();
  std::size_t size = 0;
  if (c == '{') return skip_object(size);
  if (c == '[') return skip_array(size);
  if (c == '"') {
    std::string_view text;
    return cursor_.read_string(text);
  }
  if (starts_number(c)) {
    NumberText number;
    return cursor_.read_number(number);
  }
  RawValue raw;
  return read_raw(raw);
}

bool Reader::skip_array(std::size_t& elements) {
  const Level level{*this};
  if (!level.ok()) return false;
  cursor_.next();
  bool more = cursor_.peek() != ']';
  if (!more) cursor_.next();
  while (more) {
    ++elements;
    if (!skip_value() || !cursor_.read_separator(']', more)) return false;
  }
  return true;
}

bool Reader::skip_object(std::size_t& members) {
  const Level level{*this};
  if (!level.ok()) return false;
  cursor_.next();
  bool more = cursor_.peek() != '}';
  if (!more) cursor_.next();
  while (more) {
    ++members;
    std::string_view name;
    if (cursor_.peek() != '"') return cursor_.fail_unexpected("a member name in quotes");
    if (!cursor_.read_string(name) || !cursor_.read_colon()) return false;
    if (!skip_value() || !cursor_.read_separator('}', more)) return false;
  }
  return true;
}

}  // namespace roost::json::detail
