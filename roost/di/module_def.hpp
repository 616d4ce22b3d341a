// A module without its types: what define() returns and the container reads.
#pragma once

#include <roost/di/provider_record.hpp>

#include <memory>
#include <vector>

namespace roost {

namespace di {
struct ModuleData;
}

/// The definition of a module, made by roost::module<M>(…). A cheap handle: copies share one
/// definition and, for a dynamic module, one identity (one set of instances).
class ModuleDef {
 public:
  ModuleDef() = default;
  explicit ModuleDef(std::shared_ptr<const di::ModuleData> data) : data_{std::move(data)} {}

  /// Null for a default-constructed definition.
  [[nodiscard]] const di::ModuleData* data() const { return data_.get(); }

 private:
  std::shared_ptr<const di::ModuleData> data_;
};

/// The definition of a dynamic module: what a function such as `ConfigModule::for_root(options)`
/// returns, so that the compiler still knows what the module exports. Each call of roost::module
/// makes another module with its own instances; copies of one DynamicModule are one module.
template <class M>
class DynamicModule : public ModuleDef {
 public:
  using ModuleDef::ModuleDef;
};

namespace di {

/// One entry of `imports`: a module class (scanned once however often it is imported) or a
/// dynamic module.
struct ModuleImport {
  TypeId type;
  ModuleDef (*define)() = nullptr;  // null for a dynamic module
  ModuleDef dynamic;
};

/// One entry of `exports`: a token of the module (or of one of its imports), or an imported module.
struct ModuleExport {
  TypeId type;
  bool is_module = false;
  bool is_global = false;  // the type says that it is visible everywhere
};

/// Anything that can stand in module<M>(…) derives from this.
struct ModulePart {};

/// Something that another room keeps with a module: guards of its controllers, middleware … The
/// room that put it there knows the type of `value`.
struct ModuleAttachment {
  TypeId kind;
  std::shared_ptr<const void> value;
};

/// The contents of a ModuleDef. Order matters in every list.
struct ModuleData {
  TypeId type;
  bool is_global = false;
  std::vector<ModuleImport> imports;
  std::vector<ModuleExport> exports;
  std::vector<ProviderRecord> providers;
  std::vector<ControllerRecord> controllers;
  /// The module class itself when it has a constructor to call or hooks; else null.
  const ProviderShape* module_class = nullptr;
  std::vector<ModuleAttachment> attached;

  void add_providers(const ProviderShape* const* shapes, std::size_t count);
  void add_provider(const ProviderShape& shape, std::shared_ptr<const void> state);
  void add_controllers(const ProviderShape* const* shapes, const void* const* attachments,
                       std::size_t count);
  void add_exports(const ModuleExport* entries, std::size_t count);
};

}  // namespace di
}  // namespace roost
