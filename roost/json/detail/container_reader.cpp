// Reading of sequences, maps, optionals and variants.
#include <roost/json/detail/reader.hpp>
#include <roost/meta/temporary_object.hpp>

#include <algorithm>
#include <memory>
#include <string>

namespace roost::json::detail {

using reflect::MapDetails;
using reflect::OptionalDetails;
using reflect::SequenceDetails;
using reflect::TypeDescriptor;
using reflect::TypeKind;
using reflect::VariantDetails;

namespace {

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
    case TypeKind::reference:
      return false;
  }
  return false;
}

}  // namespace

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
    const reflect::TemporaryObject key{key_type};
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

}  // namespace roost::json::detail
