// The public face of the graph.
#include <roost/di/container.hpp>
#include <roost/di/detail/graph.hpp>
#include <roost/di/request_scope.hpp>

#include <algorithm>
#include <utility>

namespace roost::di {

Container::Container(std::unique_ptr<Graph> graph) : graph_{std::move(graph)} {}
Container::~Container() = default;

Task<std::unique_ptr<Container>> Container::build(ModuleDef root, BuildOptions options) {
  std::unique_ptr<Container> container = plan(std::move(root), options);
  co_await container->graph_->build();
  co_return container;
}

std::unique_ptr<Container> Container::plan(ModuleDef root, BuildOptions options) {
  auto graph = std::make_unique<Graph>();
  std::vector<std::string> problems;
  graph->scan(std::move(root), options, problems);
  graph->link(problems);
  if (!problems.empty()) throw StartupError{std::move(problems)};
  for (const ControllerNode& entry : graph->controller_nodes) {
    graph->controllers.emplace_back(graph->nodes[entry.node], entry.attachment);
  }
  return std::unique_ptr<Container>{new Container{std::move(graph)}};
}

const std::vector<Controller>& Container::controllers() const { return graph_->controllers; }

void* Container::find(TypeId token) const {
  const ProviderNode* node = graph_->only_provider_of(token);
  if (node == nullptr) return nullptr;
  if (node->scope == Scope::singleton) return node->object;
  throw Error{graph_->label(*node) + " is " + scope_name(node->scope) +
              " and cannot be had from the container; ask a RequestScope for it"};
}

bool Container::provides(TypeId token) const { return graph_->only_provider_of(token) != nullptr; }

void* Container::singleton(TypeId token) const {
  const ProviderNode* node = graph_->only_provider_of(token);
  if (node == nullptr) return get(token);
  return node->scope == Scope::singleton ? node->object : nullptr;
}

std::vector<ModuleView> Container::modules() const {
  // Breadth first from the root, which was met first.
  std::vector<ModuleId> met{0};
  for (std::size_t i = 0; i < met.size(); ++i) {
    for (const ModuleId imported : graph_->modules[met[i]].imports) {
      if (std::find(met.begin(), met.end(), imported) == met.end()) met.push_back(imported);
    }
  }
  std::stable_partition(met.begin(), met.end(),
                        [this](ModuleId id) { return graph_->modules[id].is_global; });
  std::vector<ModuleView> views;
  views.reserve(met.size());
  for (const ModuleId id : met) {
    const ModuleNode& module = graph_->modules[id];
    views.push_back({module.type, module.is_global, &module.data->attached});
  }
  return views;
}

void* Container::get(TypeId token) const {
  void* object = find(token);
  if (object != nullptr) return object;
  throw Error{"no module of the application provides " + std::string{short_name(token)} +
              "; list it in providers<...>() of a module that the root module imports"};
}

ModuleRef& Container::module(TypeId type) const {
  for (const ModuleNode& module : graph_->modules) {
    if (module.type == type) return *module.reference;
  }
  throw Error{std::string{short_name(type)} +
              " is not part of the application: no module imports it"};
}

std::string Container::describe() const { return graph_->describe(); }
std::string Container::mermaid() const { return graph_->mermaid(); }

TypeId Controller::type() const { return node_->shape->implementation; }
TypeId Controller::module() const { return node_->graph->modules[node_->module].type; }
const std::vector<ModuleAttachment>& Controller::module_attachments() const {
  return node_->graph->modules[node_->module].data->attached;
}
bool Controller::is_singleton() const { return node_->scope == Scope::singleton; }
void* Controller::instance() const { return node_->object; }
bool Controller::needs_task() const {
  return node_->scope != Scope::singleton && node_->needs_task;
}
void* Controller::instance(RequestScope& scope) const { return scope.resolve(*node_); }
Task<void*> Controller::instance_task(RequestScope& scope) const {
  return scope.resolve_task(*node_);
}

}  // namespace roost::di

namespace roost {

std::string_view ModuleRef::module_name() const { return graph_->module_name(module_); }

void* ModuleRef::get_own(TypeId token) const {
  const auto& own = graph_->modules[module_].own;
  const auto found = own.find(token);
  if (found == own.end()) {
    throw Error{std::string{module_name()} + " does not provide " +
                std::string{di::short_name(token)} +
                "; ModuleRef::get looks into this module only"};
  }
  const di::ProviderNode& node = graph_->nodes[found->second];
  if (node.scope != di::Scope::singleton) {
    throw Error{graph_->label(node) + " is " + di::scope_name(node.scope) +
                " and cannot be had from a ModuleRef; take it as a constructor parameter"};
  }
  if (node.object == nullptr) {
    throw Error{graph_->label(node) +
                " is not constructed yet; ask for it in on_module_init or "
                "later"};
  }
  return node.object;
}

void* ModuleRef::argument_for(TypeId consumer, const di::Dependency& wanted,
                              di::SharedView& shared) const {
  using di::DependencyKind;
  if (wanted.kind == DependencyKind::framework) {
    return graph_->modules[module_].reference.get();
  }
  const std::string where = "ModuleRef::create<" + std::string{di::short_name(consumer)} +
                            ">() in " + std::string{module_name()};
  if (wanted.kind == DependencyKind::collection || wanted.kind == DependencyKind::lazy) {
    throw Error{where + " cannot inject roost::All or roost::Lazy; list the class as a provider"};
  }
  const di::NodeId id = graph_->visible(module_, wanted.token);
  if (id == di::none) {
    if (wanted.kind == DependencyKind::optional) return nullptr;
    throw Error{where + " needs " + std::string{di::short_name(wanted.token)} +
                ", which this module does not see"};
  }
  const di::ProviderNode& node = graph_->nodes[id];
  if (node.scope != di::Scope::singleton || node.object == nullptr) {
    throw Error{
        where + " needs " + graph_->label(node) + ", which is " +
        (node.scope == di::Scope::singleton ? "not constructed yet" : di::scope_name(node.scope))};
  }
  if (wanted.kind != DependencyKind::shared) return node.object;
  shared.owner = &node.owner;
  shared.object = node.object;
  return &shared;
}

}  // namespace roost
