// Filling a module's definition; kept out of the users' files.
#include <roost/di/module_def.hpp>

#include <utility>

namespace roost::di {

void ModuleData::add_providers(std::span<const ProviderShape* const> shapes) {
  providers.reserve(providers.size() + shapes.size());
  for (const ProviderShape* shape : shapes) providers.push_back({shape, nullptr});
}

void ModuleData::add_provider(const ProviderShape& shape, std::shared_ptr<const void> state) {
  providers.push_back({&shape, std::move(state)});
}

void ModuleData::add_controllers(std::span<const ProviderShape* const> shapes,
                                 const void* const* attachments) {
  controllers.reserve(controllers.size() + shapes.size());
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    controllers.push_back({shapes[i], attachments[i]});
  }
}

void ModuleData::add_exports(std::span<const ModuleExport> entries) {
  exports.assign(entries.begin(), entries.end());
}

}  // namespace roost::di
