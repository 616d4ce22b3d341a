// Typed configuration: a struct filled from the environment and .env files, validated before the
// application starts.
#pragma once

#include <roost/base/shared_object.hpp>
#include <roost/di/module.hpp>
#include <roost/meta/describe.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace roost {

struct Environment;

/// Where configuration comes from.
class ConfigOptions {
 public:
  /// Files to read; of two that set the same variable the first wins, and the process environment
  /// beats them all. Missing files are no error. By default ".env".
  ConfigOptions& files(std::vector<std::string> files) {
    files_ = std::move(files);
    return *this;
  }
  /// Replaces `${NAME}` in values from files.
  ConfigOptions& expand_variables(bool expand = true) {
    expand_ = expand;
    return *this;
  }
  /// Takes this in place of the process environment, for tests.
  ConfigOptions& environment(const Environment& environment);

  [[nodiscard]] const std::vector<std::string>& files() const { return files_; }
  [[nodiscard]] bool expands_variables() const { return expand_; }
  /// Null unless set; valid as long as these options.
  [[nodiscard]] const Environment* environment() const;

 private:
  std::vector<std::string> files_{".env"};
  bool expand_ = false;
  SharedObject environment_;
};

/// Fills `object`, a value-initialised object of `type`, from the environment: member
/// `database_url` from DATABASE_URL, member `url` of a nested struct `database` from DATABASE_URL
/// too. Throws roost::Error that lists every missing and every invalid variable at once.
void load_config(const reflect::TypeDescriptor& type, void* object, const ConfigOptions& options);

/// The same by type: `auto config = load_config<AppConfig>();`.
template <class T>
[[nodiscard]] T load_config(const ConfigOptions& options = {}) {
  T config{};
  load_config(reflect::type_of<T>(), &config, options);
  return config;
}

/// Provides `const T&`, loaded and validated while the application starts:
/// `imports<ConfigModule<AppConfig>>()`. For other options give `value<T>(load_config<T>(…))`.
template <class T>
struct ConfigModule {
  using exports = roost::exports<T>;
  static ModuleDef define() { return module<ConfigModule>(value<T>(load_config<T>())); }
};

}  // namespace roost
