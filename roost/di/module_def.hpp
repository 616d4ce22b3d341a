// A module without its types: what define() returns and the container reads.
#pragma once

#include <roost/base/shared_object.hpp>
#include <roost/di/provider_record.hpp>

#include <cstddef>

namespace roost {

namespace di {
struct ModuleData;
}

/// The definition of a module, made by roost::module<M>(…). A cheap handle: copies share one
/// definition and, for a dynamic module, one identity (one set of instances).
class ModuleDef {
 public:
  ModuleDef() = default;
  /// For roost::module(): a definition of the module class `type` that is still to be filled.
  explicit ModuleDef(TypeId type);

  /// Null for a default-constructed definition.
  [[nodiscard]] const di::ModuleData* data() const {
    return static_cast<const di::ModuleData*>(data_.get());
  }
  /// For roost::module(), while nobody else has the definition.
  [[nodiscard]] di::ModuleData& filling();

 private:
  SharedObject data_;
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

/// Fill the definition that module<M>() makes; compiled, so that users' files need not know what is
/// in it.
void add_imports(ModuleData& data, const ModuleImport* entries, std::size_t count);
void add_exports(ModuleData& data, const ModuleExport* entries, std::size_t count);
void add_providers(ModuleData& data, const ProviderShape* const* shapes, std::size_t count);
void add_provider(ModuleData& data, const ProviderShape& shape, const SharedObject& state);
void add_controllers(ModuleData& data, const ProviderShape* const* shapes,
                     const void* const* attachments, std::size_t count);
void make_global(ModuleData& data);
void set_module_class(ModuleData& data, const ProviderShape& shape);

}  // namespace di
}  // namespace roost
