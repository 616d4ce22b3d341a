#include <roost/di/module_data.hpp>
#include <roost/di/request_scope.hpp>
#include <roost/web/enhancers.hpp>
#include <roost/web/pipeline.hpp>

#include <memory>
#include <utility>

namespace roost::web {

namespace {

void append_link(std::string& out, std::string_view kind, const Link& link) {
  out += kind;
  out += link.type.name();
  out += '\n';
}

}  // namespace

void* instance_of(ExecutionContext& context, TypeId type) {
  if (context.pipeline() != nullptr) {
    for (const auto& [known, instance] : context.pipeline()->parameter_pipes) {
      if (known == type && instance != nullptr) return instance;
    }
  }
  return context.scope()->get(type);
}

void Chain::append(const Chain& more) {
  guards.insert(guards.end(), more.guards.begin(), more.guards.end());
  interceptors.insert(interceptors.end(), more.interceptors.begin(), more.interceptors.end());
  pipes.insert(pipes.end(), more.pipes.begin(), more.pipes.end());
  filters.insert(filters.begin(), more.filters.begin(), more.filters.end());
}

void Chain::surround(const Chain& outer) {
  guards.insert(guards.begin(), outer.guards.begin(), outer.guards.end());
  interceptors.insert(interceptors.begin(), outer.interceptors.begin(), outer.interceptors.end());
  pipes.insert(pipes.begin(), outer.pipes.begin(), outer.pipes.end());
  filters.insert(filters.end(), outer.filters.begin(), outer.filters.end());
}

void add_chain(di::ModuleData& data, std::initializer_list<AddToChain> parts, bool everywhere) {
  auto added = std::make_shared<ModuleChain>();
  added->everywhere = everywhere;
  for (const AddToChain add : parts) {
    Chain part;
    add(part);
    added->chain.append(part);
  }
  data.attached.push_back({TypeId::of<ModuleChain>(), std::move(added)});
}

std::string Chain::dump() const {
  if (empty()) return "(empty)\n";
  std::string out;
  for (const GuardLink& link : guards) append_link(out, "guard ", link);
  for (const InterceptorLink& link : interceptors) append_link(out, "interceptor ", link);
  for (const PipeLink& link : pipes) append_link(out, "pipe ", link);
  for (const FilterLink& link : filters) append_link(out, "filter ", link);
  return out;
}

}  // namespace roost::web
