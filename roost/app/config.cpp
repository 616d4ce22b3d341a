#include <roost/app/config.hpp>
#include <roost/app/env_file.hpp>
#include <roost/base/error.hpp>
#include <roost/json/form.hpp>
#include <roost/validation/validate.hpp>

#include <optional>

namespace roost {

namespace {

using reflect::FieldDescriptor;
using reflect::TypeDescriptor;
using reflect::TypeKind;

std::string variable_name(std::string_view prefix, std::string_view member) {
  std::string name{prefix};
  for (const char c : member) {
    name += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return name;
}

/// Fills one object from an environment and keeps what went wrong.
class Loader {
 public:
  Loader(const Environment& environment, std::vector<std::string>& problems)
      : environment_{environment}, problems_{problems} {}

  void load(const TypeDescriptor& type, void* object, const std::string& prefix) {
    for (const FieldDescriptor& field : type.object->fields) {
      void* member = reflect::field_of(object, field);
      const std::string name = variable_name(prefix, field.name);
      const TypeDescriptor& member_type = field.type();
      if (member_type.kind == TypeKind::object) {
        load(member_type, member, name + "_");
        continue;
      }
      load_value(field, member_type, member, name);
    }
    check_rules(type, object, prefix);
  }

 private:
  void load_value(const FieldDescriptor& field, const TypeDescriptor& type, void* member,
                  const std::string& name) {
    const auto found = environment_.find(name);
    // An empty variable is how shells and compose files leave one out.
    if (found == environment_.end() || (found->second.empty() && !field.required)) {
      if (field.required) {
        faulty_ = true;
        problems_.push_back(name + " is not set; set it in the environment or in a .env file");
      }
      return;
    }
    json::Issues issues;
    if (json::read_text(type, found->second, member, issues)) return;
    faulty_ = true;
    problems_.push_back(name + " is \"" + found->second + "\"; " + expectation(type));
  }

  /// Rules look at a complete object only: what is missing has been said already.
  void check_rules(const TypeDescriptor& type, void* object, const std::string& prefix) {
    if (faulty_) return;
    for (const auto& error : validation::validate(type, object)) {
      if (!error.parent.empty()) continue;  // the nested object was checked by itself
      problems_.push_back(variable_name(prefix, error.property) + ": " + error.message);
    }
  }

  static std::string expectation(const TypeDescriptor& type) {
    const TypeDescriptor* inner = &type;
    while (inner->kind == TypeKind::optional) inner = &inner->optional->element();
    switch (inner->kind) {
      case TypeKind::integer:
        return "an integer that fits is expected";
      case TypeKind::floating:
        return "a number is expected";
      case TypeKind::boolean:
        return "true or false is expected";
      case TypeKind::enumeration: {
        std::string names = "one of";
        for (const auto& enumerator : inner->enumeration->enumerators) {
          names += ' ';
          names += enumerator.name;
        }
        return names + " is expected";
      }
      default:
        return "a value of type " + std::string(inner->name) + " is expected";
    }
  }

  const Environment& environment_;
  std::vector<std::string>& problems_;
  bool faulty_ = false;
};

Environment gather(const ConfigOptions& options) {
  Environment variables =
      options.environment() != nullptr ? *options.environment() : process_environment();
  for (const std::string& path : options.files()) {
    for (auto& [name, value] : read_env_file(path)) {
      // Does nothing for a name that is set already: the process, then earlier files win.
      variables.try_emplace(name, options.expands_variables() ? expand_variables(value, variables)
                                                              : std::move(value));
    }
  }
  return variables;
}

}  // namespace

ConfigOptions& ConfigOptions::environment(const Environment& environment) {
  environment_ = SharedObject::own(Environment{environment});
  return *this;
}

const Environment* ConfigOptions::environment() const {
  return static_cast<const Environment*>(environment_.get());
}

void load_config(const TypeDescriptor& type, void* object, const ConfigOptions& options) {
  if (type.kind != TypeKind::object) {
    throw Error("configuration is read into a struct; " + std::string(type.qualified_name) +
                " is none");
  }
  std::vector<std::string> problems;
  const Environment environment = gather(options);
  Loader{environment, problems}.load(type, object, "");
  if (problems.empty()) return;
  std::string message = "the configuration " + std::string(type.name) + " is not valid:";
  for (const std::string& problem : problems) message += "\n  - " + problem;
  throw Error(message);
}

}  // namespace roost
