#include <roost/di/request_scope.hpp>
#include <roost/web/enhancers.hpp>

namespace roost::web {

namespace {

void append_link(std::string& out, std::string_view kind, const Link& link) {
  out += kind;
  out += link.type.name();
  out += '\n';
}

}  // namespace

void* instance_of(ExecutionContext& context, TypeId type) { return context.scope()->get(type); }

void Chain::append(const Chain& more) {
  guards.insert(guards.end(), more.guards.begin(), more.guards.end());
  interceptors.insert(interceptors.end(), more.interceptors.begin(), more.interceptors.end());
  filters.insert(filters.end(), more.filters.begin(), more.filters.end());
}

void Chain::surround(const Chain& outer) {
  guards.insert(guards.begin(), outer.guards.begin(), outer.guards.end());
  interceptors.insert(interceptors.begin(), outer.interceptors.begin(), outer.interceptors.end());
  filters.insert(filters.end(), outer.filters.begin(), outer.filters.end());
}

std::string Chain::dump() const {
  if (empty()) return "(empty)\n";
  std::string out;
  for (const GuardLink& link : guards) append_link(out, "guard ", link);
  for (const InterceptorLink& link : interceptors) append_link(out, "interceptor ", link);
  for (const FilterLink& link : filters) append_link(out, "filter ", link);
  return out;
}

}  // namespace roost::web
