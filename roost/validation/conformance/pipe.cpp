// A validating pipe over classes declared as data.
#include <roost/json/read.hpp>
#include <roost/validation/conformance/pipe.hpp>
#include <roost/validation/detail/text.hpp>

#include <algorithm>

namespace roost::validation::conformance {

namespace {

std::string built_text(const json::Value& build) {
  std::string text;
  const auto part = [](const json::Value& from, const char* name) {
    const auto* value = from.find(name);
    return value == nullptr ? std::string{} : value->as_string();
  };
  if (const auto* repeat = build.find("repeat")) {
    text = part(*repeat, "prefix");
    const std::int64_t count = repeat->find("count")->as_int64();
    for (std::int64_t i = 0; i < count; ++i) {
      if (i > 0) text += part(*repeat, "join");
      text += part(*repeat, "unit");
    }
    return text + part(*repeat, "suffix");
  }
  const json::Value& nest = *build.find("nest");
  text = part(nest, "prefix");
  const std::int64_t depth = nest.find("depth")->as_int64();
  for (std::int64_t i = 0; i < depth; ++i) text += part(nest, "open");
  text += part(nest, "inner");
  for (std::int64_t i = 0; i < depth; ++i) text += part(nest, "close");
  return text + part(nest, "suffix");
}

std::string request_text(const json::Value& request) {
  if (const auto* text = request.find("text")) return text->as_string();
  return built_text(*request.find("build"));
}

std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      out += ' ';
    } else if (text[i] == '%' && i + 2 < text.size() + 0 && detail::is_hex(text[i + 1]) &&
               detail::is_hex(text[i + 2])) {
      out += static_cast<char>(std::stoi(std::string{text.substr(i + 1, 2)}, nullptr, 16));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

/// A query string as Nest's simple parser reads it: repeated keys become arrays.
Ref parse_query(const std::string& text) {
  TestValue::Members members;
  (void)detail::split(text, '&', [&](std::string_view pair) {
    if (pair.empty()) return true;
    const auto equals = pair.find('=');
    const std::string name = decoded(pair.substr(0, equals));
    const Ref value = TestValue::string(
        equals == std::string_view::npos ? std::string{} : decoded(pair.substr(equals + 1)));
    for (auto& [known, present] : members) {
      if (known != name) continue;
      std::vector<Ref> items =
          present->kind == Kind::array ? present->items : std::vector<Ref>{present};
      items.push_back(value);
      present = TestValue::array(std::move(items));
      return true;
    }
    members.emplace_back(name, value);
    return true;
  });
  return TestValue::object(std::move(members));
}

/// Without the keys that JavaScript treats specially, at every level.
Ref without_prototypes(const Ref& value) {
  if (value->kind == Kind::array) {
    std::vector<Ref> items;
    for (const Ref& item : value->items) items.push_back(without_prototypes(item));
    return TestValue::array(std::move(items));
  }
  if (value->kind != Kind::object) return value;
  TestValue::Members members;
  for (const auto& [name, member] : value->members) {
    if (name == "__proto__" || name == "constructor" || name == "prototype") continue;
    members.emplace_back(name, without_prototypes(member));
  }
  return TestValue::object(std::move(members));
}

bool same(const TestValue& a, const TestValue& b) {
  if (a.kind == Kind::object && b.kind == Kind::object) {
    // One direction compares, the other only counts: doing both at every level takes 2^depth steps.
    const auto count = [](const TestValue& x) {
      return std::count_if(x.members.begin(), x.members.end(),
                           [](const auto& member) { return member.second->kind != Kind::absent; });
    };
    if (count(a) != count(b)) return false;
    return std::all_of(a.members.begin(), a.members.end(), [&](const auto& member) {
      return member.second->kind == Kind::absent || same(*member.second, *b.member(member.first));
    });
  }
  if (a.kind == Kind::array && b.kind == Kind::array) {
    return std::equal(a.items.begin(), a.items.end(), b.items.begin(), b.items.end(),
                      [](const Ref& x, const Ref& y) { return same(*x, *y); });
  }
  return a.kind == b.kind && same_value(a.subject(), b.subject());
}

/// What the pipe answers: refused with messages, or a value for the handler.
struct Answer {
  bool refused = false;
  std::vector<Finding> findings;
  Ref value;
};

/// Options of class-validator among those of the pipe; with any of them the handler gets a copy.
bool has_validator_options(const TestValue& options) {
  static constexpr std::string_view names[] = {"whitelist",
                                               "forbidNonWhitelisted",
                                               "skipMissingProperties",
                                               "skipUndefinedProperties",
                                               "skipNullProperties",
                                               "stopAtFirstError",
                                               "groups",
                                               "always",
                                               "strictGroups",
                                               "dismissDefaultMessages"};
  return std::any_of(std::begin(names), std::end(names),
                     [&](std::string_view name) { return options.has(name); });
}

bool has_rules(const Class& type) {
  return std::any_of(type.fields.begin(), type.fields.end(), [](const Field& field) {
    return std::any_of(field.decorators.begin(), field.decorators.end(),
                       [](const Decorator& decorator) { return decorator.name != "Type"; });
  });
}

Answer run(const Classes& classes, const Class& type, const Ref& given, const TestValue& options) {
  Answer answer;
  const bool missing = given->is_missing();
  const bool is_object = given->kind == Kind::object;
  const Ref plain = is_object ? without_prototypes(given) : TestValue::object({});
  const Ref instance = to_instance(classes, type, plain, *options.member("transformOptions"));
  Ref checked = instance;
  if (options.member("forbidUnknownValues")->truth && !has_rules(type)) {
    answer.refused = true;
    answer.findings.push_back({"", "", "an unknown value was passed to the validate function"});
    return answer;
  }
  answer.findings = validate_instance(classes, type, checked, options);
  if (answer.findings.empty() && !missing && !is_object && has_rules(type)) {
    answer.findings.push_back({"", "", "Validation failed (object is expected)"});
  }
  answer.refused = !answer.findings.empty();
  const bool copied = options.member("transform")->truth || has_validator_options(options);
  answer.value = copied ? checked : (missing ? given : without_prototypes(given));
  return answer;
}

/// The error body's "message".
Ref message_of(const std::vector<Finding>& findings, const TestValue& options) {
  if (options.member("disableErrorMessages")->truth) return TestValue::string("");
  const Ref limit = options.member("maxErrorMessagesLength");
  const bool limited = limit->kind == Kind::number;
  const auto most = limited ? static_cast<std::size_t>(limit->numeric.as_double()) : 0;
  constexpr const char* omitted = "Further validation errors were omitted";
  std::size_t length = 0;
  if (options.member("errorFormat")->text != "grouped") {
    std::vector<Ref> texts;
    for (const Finding& finding : findings) {
      length += finding.text().size();
      if (limited && length > most) {
        texts.push_back(TestValue::string(omitted));
        break;
      }
      texts.push_back(TestValue::string(finding.text()));
    }
    return TestValue::array(std::move(texts));
  }
  std::vector<std::pair<std::string, std::vector<Ref>>> groups;
  for (const Finding& finding : findings) {
    const std::string path =
        finding.path.empty() ? finding.property : finding.path + "." + finding.property;
    if (groups.empty() || groups.back().first != path) {
      if (limited && length > most) {
        groups.push_back({"...", {TestValue::string(omitted)}});
        break;
      }
      groups.push_back({path, {}});
    }
    groups.back().second.push_back(TestValue::string(finding.message));
    length += finding.message.size();
  }
  TestValue::Members members;
  for (auto& [path, texts] : groups) members.emplace_back(path, TestValue::array(std::move(texts)));
  return TestValue::object(std::move(members));
}

std::string compare(const Answer& answer, const Ref& sent, const json::Value& expect,
                    const TestValue& options) {
  const std::int64_t status = expect.find("status")->as_int64();
  if (const auto* body = expect.find("body")) {
    if (!answer.refused) return "should be refused with " + TestValue::tagged(*body)->to_string();
    const std::int64_t wanted =
        options.has("errorHttpStatusCode")
            ? static_cast<std::int64_t>(options.member("errorHttpStatusCode")->numeric.as_double())
            : 400;
    if (status != wanted) return "status should be " + std::to_string(status);
    if (options.member("disableErrorMessages")->truth) return {};
    const Ref expected = TestValue::tagged(*body->find("message"));
    const Ref actual = message_of(answer.findings, options);
    if (same(*expected, *actual)) return {};
    return "message " + actual->to_string() + " should be " + expected->to_string();
  }
  if (answer.refused) {
    return "should pass, but " + message_of(answer.findings, options)->to_string();
  }
  const json::Value& value = *expect.find("value");
  const Ref expected = value.find("$same") != nullptr ? sent : TestValue::tagged(value);
  if (same(*expected, *answer.value)) return {};
  return "value " + answer.value->to_string().substr(0, 300) + " should be " +
         expected->to_string().substr(0, 300);
}

/// A single parameter of a primitive type: converted, never refused.
std::string run_primitive(const json::Value& request, const json::Value& expect) {
  const std::string& type = request.find("type")->as_string();
  Ref given = TestValue::string(decoded(request_text(request)));
  if (request.find("in")->as_string() == "query-field") {
    given = parse_query(request_text(request))->member(request.find("name")->as_string());
  }
  Ref value = given;
  if (type == "number" && given->kind == Kind::string) {
    value = TestValue::number(std::stod(given->text));
  } else if (type == "boolean" && given->kind != Kind::absent) {
    value = TestValue::boolean(given->text == "true");
  }
  if (expect.find("value") == nullptr) return "should be refused";
  const Ref expected = TestValue::tagged(*expect.find("value"));
  return same(*expected, *value)
             ? std::string{}
             : "value " + value->to_string() + " should be " + expected->to_string();
}

/// Members that the class does not have are not kept by the typed reader, so that it does not mind
/// how often they come.
bool only_unknown_repeated(const Class& type, const json::Issues& issues) {
  return std::all_of(issues.begin(), issues.end(), [&](const json::Issue& issue) {
    return issue.code == json::IssueCode::duplicate_member && issue.path.size() == 1 &&
           std::none_of(type.fields.begin(), type.fields.end(), [&](const Field& field) {
             return field.name == issue.path.front().name();
           });
  });
}

}  // namespace

std::string run_pipe_case(const Classes& classes, const json::Value& entry) {
  const json::Value& request = *entry.find("request");
  const json::Value& expect = *entry.find("expect");
  const std::string& in = request.find("in")->as_string();
  const Ref options = TestValue::tagged(*entry.find("options"));
  if (entry.find("dto") == nullptr) return run_primitive(request, expect);
  const Class* const type = classes.find(entry.find("dto")->as_string());
  if (type == nullptr) return "unknown class";

  const std::string text = request_text(request);
  Ref given = TestValue::absent();
  if (in == "query") {
    given = parse_query(text);
  } else if (in == "param-dto") {
    given = TestValue::object({{"id", TestValue::string(decoded(text))}});
  } else if (!text.empty()) {
    json::ReadOptions limits;
    limits.max_depth = json::ReadOptions::deepest;
    const auto read = json::read<json::Value>(text, limits);
    if (!read.ok() && !only_unknown_repeated(*type, read.issues)) {
      return "the reader refuses it: " + json::to_string(read.issues);
    }
    given = TestValue::plain(read.value);
  }
  const Answer answer = run(classes, *type, given, *options);
  return compare(answer, given, expect, *options);
}

}  // namespace roost::validation::conformance
