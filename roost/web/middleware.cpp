#include <roost/di/module_data.hpp>
#include <roost/web/execution_context.hpp>
#include <roost/web/middleware.hpp>

#include <memory>

namespace roost::web {

void add_middleware(di::ModuleData& data, std::vector<MiddlewareLink> links,
                    const MiddlewarePlace& place) {
  auto added = std::make_shared<ModuleMiddleware>();
  added->links = std::move(links);
  added->place = place;
  data.attached.push_back({TypeId::of<ModuleMiddleware>(), std::move(added)});
}

http::Request& request_of(ExecutionContext& context) { return context.request(); }
http::Response& response_of(ExecutionContext& context) { return context.response(); }

}  // namespace roost::web
