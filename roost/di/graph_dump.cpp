// The graph as text for people and as Mermaid for documents; names for messages.
#include <roost/di/detail/graph.hpp>

namespace roost::di {
namespace {

std::string_view kind_name(const ProviderNode& node) {
  if (node.role == Role::controller) return "controller";
  if (node.role == Role::module_class) return "module class";
  switch (node.shape->kind) {
    case ProviderKind::made:
      return node.shape->make_task != nullptr ? "async factory" : "factory";
    case ProviderKind::given:
      return "value";
    case ProviderKind::alias:
      return node.shape->contribution ? "contribution" : "alias";
    case ProviderKind::constructed:
      return node.shape->contribution ? "contribution" : "class";
  }
  return "";
}

std::string_view wanted_prefix(DependencyKind kind) {
  switch (kind) {
    case DependencyKind::optional:
      return "optional ";
    case DependencyKind::collection:
      return "all ";
    case DependencyKind::lazy:
      return "lazy ";
    case DependencyKind::shared:
      return "shared ";
    default:
      return "";
  }
}

std::string describe_link(const Graph& graph, const ProviderNode& node, const Link& link) {
  std::string text{wanted_prefix(link.wanted.kind)};
  if (link.wanted.kind == DependencyKind::framework) return "ModuleRef";
  if (link.supplied != none) {
    return text + std::string{short_name(link.wanted.token)} + " (supplied per request)";
  }
  if (link.targets.empty()) {
    return text + std::string{short_name(link.wanted.token)} +
           (link.wanted.kind == DependencyKind::collection ? " (empty)" : " (missing)");
  }
  for (std::size_t i = 0; i < link.targets.size(); ++i) {
    const ProviderNode& target = graph.nodes[link.targets[i]];
    if (i != 0) text += " + ";
    text += target.module == node.module ? provider_name(*target.shape) : graph.label(target);
  }
  return text;
}

std::string describe_node(const Graph& graph, const ProviderNode& node) {
  std::string text = "  " + provider_name(*node.shape) + "  [" + std::string{kind_name(node)};
  if (node.scope != Scope::singleton) text += std::string{", "} + scope_name(node.scope);
  if (node.overridden) text += ", overridden";
  text += "]";
  for (std::size_t i = 0; i < node.links.size(); ++i) {
    text += i == 0 ? " <- " : ", ";
    text += describe_link(graph, node, node.links[i]);
  }
  return text + "\n";
}

/// Mermaid reads quotes and angle brackets as its own; entities keep them.
std::string mermaid_text(std::string_view name) {
  std::string text;
  for (const char c : name) {
    if (c == '<') {
      text += "&lt;";
    } else if (c == '>') {
      text += "&gt;";
    } else if (c == '"') {
      text += "&quot;";
    } else {
      text += c;
    }
  }
  return text;
}

template <class Function>
void each_node(const Graph& graph, const ModuleNode& module, Function function) {
  for (const NodeId id : module.providers) function(graph.nodes[id]);
  for (const NodeId id : module.controllers) function(graph.nodes[id]);
  if (module.instance != none) function(graph.nodes[module.instance]);
}

}  // namespace

std::string_view short_name(TypeId type) { return roost::detail::unqualified(type.name()); }

std::string provider_name(const ProviderShape& shape) {
  std::string name{short_name(shape.token)};
  if (shape.implementation != shape.token && shape.kind != ProviderKind::given &&
      shape.kind != ProviderKind::made) {
    name += " = " + std::string{short_name(shape.implementation)};
  }
  return name;
}

std::string_view Graph::module_name(ModuleId module) const {
  return short_name(modules[module].type);
}

std::string Graph::label(const ProviderNode& node) const {
  return provider_name(*node.shape) + " (" + std::string{module_name(node)} + ")";
}

std::string Graph::describe() const {
  std::string text;
  for (const ModuleId id : order) {
    const ModuleNode& module = modules[id];
    text += module_name(id);
    if (module.is_global) text += "  (global)";
    for (std::size_t i = 0; i < module.imports.size(); ++i) {
      text += i == 0 ? "  imports " : ", ";
      text += module_name(module.imports[i]);
    }
    for (std::size_t i = 0; i < module.data->exports.size(); ++i) {
      text += i == 0 ? "  exports " : ", ";
      text += short_name(module.data->exports[i].type);
    }
    text += "\n";
    each_node(*this, module, [&](const ProviderNode& node) { text += describe_node(*this, node); });
  }
  return text;
}

std::string Graph::mermaid() const {
  std::string text = "flowchart LR\n";
  for (const ModuleId id : order) {
    text += "  subgraph m" + std::to_string(id) + "[\"" + mermaid_text(module_name(id)) + "\"]\n";
    each_node(*this, modules[id], [&](const ProviderNode& node) {
      const bool controller = node.role == Role::controller;
      text += "    n" + std::to_string(node.id) + (controller ? "([\"" : "[\"") +
              mermaid_text(provider_name(*node.shape));
      if (node.scope != Scope::singleton) text += std::string{"<br/>"} + scope_name(node.scope);
      text += controller ? "\"])\n" : "\"]\n";
    });
    text += "  end\n";
  }
  for (const ProviderNode& node : nodes) {
    for (const Link& link : node.links) {
      const bool solid = link.wanted.kind != DependencyKind::lazy;
      for (const NodeId target : link.targets) {
        text += "  n" + std::to_string(node.id) + (solid ? " --> n" : " -.-> n") +
                std::to_string(target) + "\n";
      }
    }
  }
  return text;
}

}  // namespace roost::di
