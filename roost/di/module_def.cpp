// Filling a module's definition; kept out of the users' files.
#include <roost/di/module_data.hpp>

namespace roost {

ModuleDef::ModuleDef(TypeId type) : data_{SharedObject::own(di::ModuleData{})} {
  filling().type = type;
}

di::ModuleData& ModuleDef::filling() {
  return *const_cast<di::ModuleData*>(data());  // made by us, and not const
}

namespace di {

void add_imports(ModuleData& data, const ModuleImport* entries, std::size_t count) {
  data.imports.insert(data.imports.end(), entries, entries + count);
}

void add_exports(ModuleData& data, const ModuleExport* entries, std::size_t count) {
  data.exports.assign(entries, entries + count);
}

void add_providers(ModuleData& data, const ProviderShape* const* shapes, std::size_t count) {
  data.providers.reserve(data.providers.size() + count);
  for (std::size_t i = 0; i < count; ++i) data.providers.push_back({shapes[i], {}});
}

void add_provider(ModuleData& data, const ProviderShape& shape, const SharedObject& state) {
  data.providers.push_back({&shape, state});
}

void add_controllers(ModuleData& data, const ProviderShape* const* shapes,
                     const void* const* attachments, std::size_t count) {
  data.controllers.reserve(data.controllers.size() + count);
  for (std::size_t i = 0; i < count; ++i) {
    data.controllers.push_back({shapes[i], attachments[i]});
  }
}

void make_global(ModuleData& data) { data.is_global = true; }

void set_module_class(ModuleData& data, const ProviderShape& shape) { data.module_class = &shape; }

}  // namespace di
}  // namespace roost
