// Values of the recorded conformance data.
#include <roost/base/error.hpp>
#include <roost/base/timestamp.hpp>
#include <roost/json/read.hpp>
#include <roost/json/write.hpp>
#include <roost/validation/conformance/test_value.hpp>

#include <cstdlib>
#include <fstream>
#include <limits>
#include <sstream>

namespace roost::validation::conformance {

namespace {

std::shared_ptr<TestValue> make(Kind kind) { return std::make_shared<TestValue>(kind); }

Ref from_number(const json::Value& value) {
  auto made = make(Kind::number);
  if (value.kind() == json::ValueKind::int64) {
    made->numeric = Subject::integer(value.as_int64());
  } else if (value.kind() == json::ValueKind::uint64) {
    made->numeric = Subject::integer(value.as_uint64());
  } else {
    made->numeric = Subject::floating(value.as_double());
  }
  return made;
}

Ref special_number(const std::string& name) {
  const double infinity = std::numeric_limits<double>::infinity();
  if (name == "Infinity") return TestValue::number(infinity);
  if (name == "-Infinity") return TestValue::number(-infinity);
  if (name == "-0") return TestValue::number(-0.0);
  return TestValue::number(std::numeric_limits<double>::quiet_NaN());
}

Ref repeated_text(const json::Value& tag) {
  std::string text;
  if (const auto* prefix = tag.find("prefix")) text += prefix->as_string();
  for (std::int64_t i = 0; i < tag.find("count")->as_int64(); ++i) {
    text += tag.find("unit")->as_string();
  }
  if (const auto* suffix = tag.find("suffix")) text += suffix->as_string();
  return TestValue::string(text);
}

Ref repeated_array(const json::Value& tag) {
  std::vector<Ref> items(static_cast<std::size_t>(tag.find("count")->as_int64()),
                         TestValue::tagged(*tag.find("item")));
  if (const auto* tail = tag.find("tail")) {
    for (const json::Value& item : tail->as_array()) items.push_back(TestValue::tagged(item));
  }
  return TestValue::array(std::move(items));
}

Ref convert(const json::Value& value, bool tags);

Ref from_tag(const json::Value& value) {
  if (value.find("$absent") != nullptr) return TestValue::absent();
  if (const auto* text = value.find("$json")) {
    const auto read = json::read<json::Value>(text->as_string());
    if (read.ok()) return TestValue::plain(read.value);
    return TestValue::number(std::strtod(text->as_string().c_str(), nullptr));  // 1e400
  }
  if (const auto* name = value.find("$number")) return special_number(name->as_string());
  if (const auto* date = value.find("$date")) {
    if (date->is_null()) return make(Kind::invalid_date);
    return TestValue::date(Timestamp::parse(date->as_string()).value().milliseconds_since_epoch());
  }
  if (const auto* tag = value.find("$repeat")) return repeated_text(*tag);
  if (const auto* tag = value.find("$repeatArray")) return repeated_array(*tag);
  if (const auto* pattern = value.find("$regex")) {
    auto made = make(Kind::pattern);
    made->text = pattern->as_string();
    if (const auto* flags = value.find("flags")) made->extra = flags->as_string();
    return made;
  }
  for (const char* name :
       {"$fn", "$class", "$instance", "$when", "$constraint", "$enum", "$type", "$transform"}) {
    if (value.find(name) == nullptr) continue;
    auto made = make(Kind::other);
    made->text = name;
    for (const json::Member& member : value.as_object()) {
      made->members.emplace_back(member.name, convert(member.value, true));
    }
    return made;
  }
  return nullptr;
}

Ref convert(const json::Value& value, bool tags) {
  switch (value.kind()) {
    case json::ValueKind::null:
      return TestValue::null();
    case json::ValueKind::boolean:
      return TestValue::boolean(value.as_boolean());
    case json::ValueKind::string:
      return TestValue::string(value.as_string());
    case json::ValueKind::array: {
      std::vector<Ref> items;
      for (const json::Value& item : value.as_array()) items.push_back(convert(item, tags));
      return TestValue::array(std::move(items));
    }
    case json::ValueKind::object: {
      if (tags && value.as_object().begin() != value.as_object().end() &&
          value.as_object().begin()->name.starts_with('$')) {
        if (Ref made = from_tag(value)) return made;
      }
      TestValue::Members members;
      for (const json::Member& member : value.as_object()) {
        members.emplace_back(member.name, convert(member.value, tags));
      }
      return TestValue::object(std::move(members));
    }
    default:
      return from_number(value);
  }
}

void append_string(std::string_view text, std::string& out) {
  out += json::write(json::Value{text});
}

}  // namespace

/// One for all, so that what `member` returns outlives the Ref that it came in.
Ref TestValue::absent() {
  static const Ref only = make(Kind::absent);
  return only;
}
Ref TestValue::null() { return make(Kind::null); }
Ref TestValue::boolean(bool value) {
  auto made = make(Kind::boolean);
  made->truth = value;
  return made;
}
Ref TestValue::number(double value) {
  auto made = make(Kind::number);
  made->numeric = Subject::floating(value);
  return made;
}
Ref TestValue::string(std::string text) {
  auto made = make(Kind::string);
  made->text = std::move(text);
  return made;
}
Ref TestValue::date(std::int64_t milliseconds) {
  auto made = make(Kind::date);
  made->milliseconds = milliseconds;
  return made;
}
Ref TestValue::array(std::vector<Ref> items) {
  auto made = make(Kind::array);
  made->items = std::move(items);
  return made;
}
Ref TestValue::object(Members members) {
  auto made = make(Kind::object);
  made->members = std::move(members);
  return made;
}
Ref TestValue::plain(const json::Value& value) { return convert(value, false); }
Ref TestValue::tagged(const json::Value& value) { return convert(value, true); }

Subject TestValue::subject() const {
  switch (kind) {
    case Kind::absent:
      return {};
    case Kind::null:
      return Subject::null();
    case Kind::boolean:
      return Subject::boolean(truth);
    case Kind::number:
      return numeric;
    case Kind::string:
      return Subject::string(text);
    case Kind::date:
      return Subject::date(milliseconds);
    case Kind::array:
      return Subject::array(*this);
    default:
      return Subject::object(*this);
  }
}

Ref TestValue::member(std::string_view name) const {
  for (const auto& [key, value] : members) {
    if (key == name) return value;
  }
  return absent();
}

bool TestValue::has(std::string_view name) const {
  for (const auto& [key, value] : members) {
    if (key == name) return true;
  }
  return false;
}

std::size_t TestValue::size() const { return kind == Kind::array ? items.size() : members.size(); }

void TestValue::for_each(void* context,
                         bool (*visit)(void* context, const Subject& element)) const {
  for (const Ref& item : items) {
    if (!visit(context, item->subject())) return;
  }
  for (const auto& [name, value] : members) {
    if (!visit(context, value->subject())) return;
  }
}

std::string TestValue::to_string() const {
  std::string out;
  switch (kind) {
    case Kind::absent:
      return "undefined";
    case Kind::null:
      return "null";
    case Kind::string:
      append_string(text, out);
      return out;
    case Kind::array:
      for (const Ref& item : items) out += (out.empty() ? "[" : ",") + item->to_string();
      return out.empty() ? "[]" : out + "]";
    case Kind::object:
    case Kind::other:
      for (const auto& [name, value] : members) {
        if (value->kind == Kind::absent) continue;
        out += out.empty() ? "{" : ",";
        append_string(name, out);
        out += ":" + value->to_string();
      }
      return out.empty() ? "{}" : out + "}";
    case Kind::invalid_date:
      return "invalid date";
    case Kind::pattern:
      return "/" + text + "/" + extra;
    default:
      append_text(subject(), out);
      return out;
  }
}

json::Value read_file(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  if (!file) throw Error{path + ": cannot be read"};
  std::ostringstream text;
  text << file.rdbuf();
  json::ReadOptions options;
  options.max_depth = json::ReadOptions::deepest;
  json::ReadResult<json::Value> result = json::read<json::Value>(text.str(), options);
  if (!result.ok()) throw Error{path + ": " + json::to_string(result.issues)};
  return std::move(result.value);
}

}  // namespace roost::validation::conformance
