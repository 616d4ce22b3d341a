// Filling a module's definition; kept out of the users' files.
#include <roost/di/module_def.hpp>

#include <utility>

namespace roost::di {

void ModuleData::add_providers(const ProviderShape* const* shapes, std::size_t count) {
  providers.reserve(providers.size() + count);
  for (std::size_t i = 0; i < count; ++i) providers.push_back({shapes[i], nullptr});
}

void ModuleData::add_provider(const ProviderShape& shape, std::shared_ptr<const void> state) {
  providers.push_back({&shape, std::move(state)});
}

void ModuleData::add_controllers(const ProviderShape* const* shapes, const void* const* attachments,
                                 std::size_t count) {
  controllers.reserve(controllers.size() + count);
  for (std::size_t i = 0; i < count; ++i) {
    controllers.push_back({shapes[i], attachments[i]});
  }
}

void ModuleData::add_exports(const ModuleExport* entries, std::size_t count) {
  exports.assign(entries, entries + count);
}

}  // namespace roost::di
