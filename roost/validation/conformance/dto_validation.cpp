// Validation of classes declared as data: order of messages, conditions, groups, nesting.
#include <roost/validation/conformance/dto.hpp>
#include <roost/validation/detail/message.hpp>

#include <algorithm>

namespace roost::validation::conformance {

namespace {

bool flag(const TestValue& options, std::string_view name) { return options.member(name)->truth; }

class Check {
 public:
  Check(const Classes& classes, const TestValue& options) : classes_{classes}, options_{options} {}

  void object(const Class& type, Ref& value, const std::string& path) {
    whitelist(type, value, path);
    for (const Field& field : type.fields) member(type, field, value, path);
  }

  std::vector<Finding> findings;

 private:
  void add(const std::string& path, const std::string& property, std::string message) {
    findings.push_back({path, property, std::move(message)});
  }

  [[nodiscard]] bool in_groups(const TestValue& own) const {
    const Ref wanted = options_.member("groups");
    const Ref groups = own.member("groups");
    if (wanted->items.empty()) {
      return !flag(options_, "strictGroups") || groups->items.empty();
    }
    if (flag(own, "always")) return true;
    if (groups->items.empty()) return flag(options_, "always");
    return std::any_of(groups->items.begin(), groups->items.end(), [&](const Ref& group) {
      return std::any_of(wanted->items.begin(), wanted->items.end(),
                         [&](const Ref& want) { return want->text == group->text; });
    });
  }

  static bool is_validation(const Decorator& decorator) {
    static constexpr std::string_view others[] = {"Type", "Transform", "Expose", "Exclude"};
    return std::find(std::begin(others), std::end(others), decorator.name) == std::end(others);
  }

  [[nodiscard]] bool is_known(const Class& type, const std::string& name) const {
    for (const Field& field : type.fields) {
      if (field.name != name) continue;
      for (const Decorator& decorator : field.decorators) {
        if (is_validation(decorator) && in_groups(*decorator.options)) return true;
      }
    }
    return false;
  }

  void whitelist(const Class& type, Ref& value, const std::string& path) {
    if (!flag(options_, "whitelist") || value->kind != Kind::object) return;
    TestValue::Members kept;
    for (const auto& [name, member] : value->members) {
      if (is_known(type, name)) {
        kept.emplace_back(name, member);
      } else if (flag(options_, "forbidNonWhitelisted")) {
        add(path, name, "property " + name + " should not exist");
      }
    }
    value = TestValue::object(std::move(kept));
  }

  static bool holds(const TestValue& condition, const TestValue& object, const Field& field) {
    const TestValue& when = *condition.member("$when");
    const Ref value =
        when.has("self") ? object.member(field.name) : object.member(when.member("property")->text);
    if (when.has("truthy")) {
      const Subject subject = value->subject();
      const bool falsy = value->is_missing() || (value->kind == Kind::boolean && !value->truth) ||
                         (value->kind == Kind::string && value->text.empty()) ||
                         (value->kind == Kind::number && subject.as_double() == 0);
      return !falsy;
    }
    if (when.has("equals")) {
      const Ref other = when.member("equals");
      return value->kind == other->kind && same_value(value->subject(), other->subject());
    }
    const Ref other = when.member("notEquals");
    return !(value->kind == other->kind && same_value(value->subject(), other->subject()));
  }

  /// False: every check of the member is skipped.
  [[nodiscard]] bool is_checked(const Field& field, const TestValue& object) const {
    for (const Decorator& decorator : field.decorators) {
      if (!in_groups(*decorator.options)) continue;
      if (decorator.name == "IsOptional" && object.member(field.name)->is_missing()) return false;
      if (decorator.name == "ValidateIf" && !holds(decorator.parameter(0), object, field)) {
        return false;
      }
    }
    return true;
  }

  [[nodiscard]] bool is_skipped(const TestValue& value) const {
    if (flag(options_, "skipMissingProperties") && value.is_missing()) return true;
    if (flag(options_, "skipUndefinedProperties") && value.kind == Kind::absent) return true;
    return flag(options_, "skipNullProperties") && value.kind == Kind::null;
  }

  [[nodiscard]] bool stopped(std::size_t before) const {
    return flag(options_, "stopAtFirstError") && findings.size() > before;
  }

  void member(const Class& type, const Field& field, Ref& object, const std::string& path) {
    if (!is_checked(field, *object)) return;
    const std::size_t before = findings.size();
    Ref value = object->member(field.name);
    for (const DynamicRule& rule : field.rules) {
      if (rule.decorator == "IsDefined") run(rule, *value, type, field, path);
    }
    if (is_skipped(*value)) return;
    for (auto decorator = field.decorators.rbegin(); decorator != field.decorators.rend();
         ++decorator) {
      if (stopped(before)) return;
      if (decorator->name == "Validate" && in_groups(*decorator->options)) {
        custom(*decorator, *value, field, path);
        continue;
      }
      if (!is_known_rule(decorator->name) || decorator->name == "IsDefined") continue;
      const auto place = static_cast<std::size_t>(
          std::count_if(field.decorators.begin(), decorator.base() - 1,
                        [](const Decorator& other) { return is_known_rule(other.name); }));
      run(field.rules[place], *value, type, field, path);
    }
    const Decorator* const nested = field.find("ValidateNested");
    if (nested == nullptr || !in_groups(*nested->options) || stopped(before)) return;
    const std::string here = path.empty() ? field.name : path + "." + field.name;
    const Ref checked = nested_value(*nested, field, value, path, here, field.name);
    if (checked != value) replace(object, field.name, checked);
  }

  static void replace(Ref& object, const std::string& name, const Ref& value) {
    TestValue::Members members = object->members;
    for (auto& [key, member] : members) {
      if (key == name) member = value;
    }
    object = TestValue::object(std::move(members));
  }

  void run(const DynamicRule& rule, const TestValue& value, const Class& type, const Field& field,
           const std::string& path) {
    bool active = false;
    for (const Decorator& decorator : field.decorators) {
      active = active || (decorator.name == rule.decorator && in_groups(*decorator.options));
    }
    if (!active) return;
    const Verdict verdict = run_rule(rule, value, field.name, type.name);
    if (verdict.valid) return;
    const bool silent =
        flag(options_, "dismissDefaultMessages") && rule.view.options->message.empty();
    add(path, field.name, silent ? std::string{} : verdict.message);
  }

  /// The two custom constraints that the data describe.
  void custom(const Decorator& decorator, const TestValue& value, const Field& field,
              const std::string& path) {
    const TestValue& constraint = decorator.parameter(0);
    const std::string name = constraint.member("$constraint")->text;
    const auto is_good = [&](const TestValue& item) {
      if (name == "startsWith") {
        return item.kind == Kind::string &&
               item.text.starts_with(decorator.parameter(1).items.at(0)->text);
      }
      const double number = item.kind == Kind::number ? item.numeric.as_double() : 0.5;
      return number == static_cast<double>(static_cast<std::int64_t>(number / 2)) * 2;
    };
    const bool each = decorator.options->member("each")->truth && value.kind == Kind::array;
    const bool good = each ? std::all_of(value.items.begin(), value.items.end(),
                                         [&](const Ref& item) { return is_good(*item); })
                           : is_good(value);
    if (good) return;
    RuleOptions options;
    options.message = constraint.member("defaultMessage")->text;
    RuleOperations operations;
    operations.constraint = [](const void* parameters, std::size_t index, std::string& out) {
      const auto& list = static_cast<const Decorator*>(parameters)->parameter(1).items;
      if (index <= list.size()) out += list[index - 1]->text;
    };
    RuleCall call;
    call.subject = value.subject();
    add(path, field.name,
        detail::message_of({&operations, &options, &decorator, false}, call, field.name, ""));
  }

  /// Walks into a nested value; returns what is left of it.
  Ref nested_value(const Decorator& nested, const Field& field, const Ref& value,
                   const std::string& path, const std::string& here, const std::string& property) {
    if (value->kind == Kind::absent) return value;
    if (value->kind == Kind::array) {
      std::vector<Ref> items;
      for (std::size_t i = 0; i < value->items.size(); ++i) {
        const std::string index = std::to_string(i);
        items.push_back(
            nested_value(nested, field, value->items[i], here, here + "." + index, index));
      }
      return TestValue::array(std::move(items));
    }
    if (value->kind == Kind::object) {
      const Class* const type = nested_class(field, *value);
      Ref checked = value;
      if (type != nullptr) object(*type, checked, here);
      return checked;
    }
    const std::string& own = nested.options->member("message")->text;
    std::string message = nested.options->member("each")->truth ? "each value in " : "";
    message += "nested property " + field.name + " must be either object or array";
    if (!own.empty()) {
      RuleOperations operations;
      RuleOptions options;
      options.message = own;
      message = detail::message_of({&operations, &options, nullptr, false}, {}, field.name, "");
    }
    add(path, property, message);
    return value;
  }

  [[nodiscard]] const Class* nested_class(const Field& field, const TestValue& value) const {
    const Decorator* const type = field.find("Type");
    if (type == nullptr) return classes_.find(field.type);
    const Ref discriminator = type->parameter(1).member("discriminator");
    for (const Ref& sub : discriminator->member("subTypes")->items) {
      const Ref kind = value.member(discriminator->member("property")->text);
      if (kind->kind == Kind::string && kind->text == sub->member("name")->text) {
        return classes_.find(sub->member("value")->member("$type")->text);
      }
    }
    return classes_.find(type->parameter(0).member("$type")->text);
  }

  const Classes& classes_;
  const TestValue& options_;
};

}  // namespace

std::vector<Finding> validate_instance(const Classes& classes, const Class& type, Ref& value,
                                       const TestValue& options) {
  Check check{classes, options};
  check.object(type, value, "");
  return std::move(check.findings);
}

}  // namespace roost::validation::conformance
