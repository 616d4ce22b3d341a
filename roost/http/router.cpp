// The route table: a tree with one level per path segment.
//
// Each node has its literal children sorted by text, then "mixed" children (":from-:to"), then one
// parameter child and one wildcard. Matching walks them in that order and goes back where a branch
// leads nowhere, or to a node that has no route for the method: what such nodes do have is
// collected for the Allow header. The tree holds no names of parameters, since routes that share a
// node may name them differently; values are collected by position.
#include <roost/base/error.hpp>
#include <roost/http/router.hpp>

#include <algorithm>
#include <cstring>
#include <utility>

namespace roost::http {

namespace {

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

[[noreturn]] void fail(std::string_view pattern, std::string_view source, std::string_view what) {
  throw Error("Route '" + std::string(pattern) + "' of " + std::string(source) + ": " +
              std::string(what));
}

// A piece of a segment: literal text, or a parameter.
struct Part {
  bool is_parameter = false;
  std::string text;  // the literal, or the parameter's name
};

struct Segment {
  enum class Kind { literal, mixed, parameter, wildcard };
  Kind kind = Kind::literal;
  std::vector<Part> parts;
};

// One way to read a pattern: optional segments make several of one.
struct Variant {
  std::vector<Segment> segments;
  std::vector<std::size_t> value_positions;  // position of each value among the route's parameters
};

Segment parse_segment(std::string_view text, std::string_view pattern, std::string_view source) {
  Segment segment;
  std::string literal;
  const auto flush_literal = [&] {
    if (!literal.empty()) segment.parts.push_back({false, std::exchange(literal, {})});
  };
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    if (c == '{' || c == '}')
      fail(pattern, source, "braces may only enclose whole segments, as in '/list{/:page}'.");
    if (c != ':' && c != '*') {
      literal += c;
      ++i;
      continue;
    }
    std::size_t end = i + 1;
    while (end < text.size() && is_name_character(text[end])) ++end;
    const std::string_view name = text.substr(i + 1, end - i - 1);
    if (name.empty()) fail(pattern, source, "':' and '*' need a name after them.");
    if (c == '*' && (i != 0 || end != text.size())) {
      fail(pattern, source, "a wildcard must be a whole segment.");
    }
    flush_literal();
    if (!segment.parts.empty() && segment.parts.back().is_parameter) {
      fail(pattern, source, "two parameters of one segment need text between them.");
    }
    segment.parts.push_back({true, std::string(name)});
    if (c == '*') segment.kind = Segment::Kind::wildcard;
    i = end;
  }
  flush_literal();
  if (segment.kind == Segment::Kind::wildcard || segment.parts.empty()) return segment;
  if (segment.parts.size() > 1) {
    segment.kind = Segment::Kind::mixed;
  } else if (segment.parts.front().is_parameter) {
    segment.kind = Segment::Kind::parameter;
  }
  return segment;
}

// Splits "/a/:b" into its segments; "/" has one, which is empty.
std::vector<Segment> parse_segments(std::string_view text, std::string_view pattern,
                                    std::string_view source) {
  std::vector<Segment> segments;
  while (!text.empty()) {
    if (text.front() != '/') fail(pattern, source, "a path must start with '/'.");
    const std::size_t end = std::min(text.find('/', 1), text.size());
    segments.push_back(parse_segment(text.substr(1, end - 1), pattern, source));
    text.remove_prefix(end);
  }
  return segments;
}

// Where the values of a mixed segment lie; false if `text` does not fit. Each parameter takes at
// least one character, and as few as the literal after it allows.
bool match_mixed(const std::vector<Part>& parts, std::string_view text, RouteMatch& match) {
  const std::size_t count_before = match.value_count;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (!parts[i].is_parameter) {
      if (!text.starts_with(parts[i].text)) break;
      text.remove_prefix(parts[i].text.size());
      if (i + 1 == parts.size() && text.empty()) return true;
      continue;
    }
    if (i + 1 == parts.size()) {
      if (text.empty()) break;
      match.values[match.value_count++] = text;
      return true;
    }
    const std::string& next = parts[i + 1].text;
    // The last literal must end the text, so it is looked for from the end.
    const std::size_t end = i + 2 == parts.size() ? text.rfind(next) : text.find(next, 1);
    if (end == std::string_view::npos || end == 0) break;
    match.values[match.value_count++] = text.substr(0, end);
    text.remove_prefix(end);
  }
  match.value_count = count_before;
  return false;
}

}  // namespace

struct Router::Table {
  struct Leaf {
    Method method;
    bool any;
    RouteIndex route;
    std::uint32_t variant;
  };

  struct Node;
  struct Literal {
    std::string text;
    std::unique_ptr<Node> node;
  };
  struct Mixed {
    std::vector<Part> parts;
    std::unique_ptr<Node> node;
  };
  struct Node {
    [[nodiscard]] const Node* literal_child(std::string_view text) const;
    void index_literals();

    std::vector<Literal> literals;
    std::vector<std::uint32_t> buckets;  // hash table of positions + 1, where literals are many
    std::vector<Mixed> mixed;
    std::unique_ptr<Node> parameter;
    std::unique_ptr<Node> wildcard;
    std::vector<Leaf> leaves;
  };

  struct Route {
    std::optional<Method> method;
    std::string pattern;
    std::string source;
    std::vector<std::string> names;
    std::vector<Variant> variants;
  };

  Node root;
  std::vector<Route> routes;
  std::vector<std::string> conflicts;

  RouteIndex add(std::optional<Method> method, std::string_view pattern, std::string_view source);
  void add_variants(Route& route, std::string_view pattern);
  void add_variant(Route& route, std::string_view text);
  void insert(RouteIndex index, std::uint32_t variant);
  void insert_leaf(Node& node, RouteIndex index, std::uint32_t variant);
  bool walk(const Node& node, std::string_view rest, Method method, RouteMatch& match) const;
  bool take(const Node& node, Method method, RouteMatch& match) const;
  void place_values(const Route& route, const Variant& variant, RouteMatch& match) const;
};

namespace {

// True for segment `child` at the place where `text` stands. Short texts dominate, so the length is
// compared first.
bool same_text(const std::string& literal, std::string_view text) {
  return literal.size() == text.size() &&
         std::memcmp(literal.data(), text.data(), text.size()) == 0;
}

template <class Node>
Node& child_of(Node& node, const Segment& segment) {
  const auto make = [](std::unique_ptr<Node>& place) -> Node& {
    if (!place) place = std::make_unique<Node>();
    return *place;
  };
  if (segment.kind == Segment::Kind::parameter) return make(node.parameter);
  if (segment.kind == Segment::Kind::wildcard) return make(node.wildcard);
  if (segment.kind == Segment::Kind::mixed) {
    const auto same_shape = [&](const auto& mixed) {
      return std::equal(mixed.parts.begin(), mixed.parts.end(), segment.parts.begin(),
                        segment.parts.end(), [](const Part& a, const Part& b) {
                          return a.is_parameter == b.is_parameter &&
                                 (a.is_parameter || a.text == b.text);
                        });
    };
    auto found = std::find_if(node.mixed.begin(), node.mixed.end(), same_shape);
    if (found != node.mixed.end()) return *found->node;
    node.mixed.push_back({segment.parts, std::make_unique<Node>()});
    Node& added = *node.mixed.back().node;
    // More parts are more specific; among equals the order does not depend on the declarations.
    std::stable_sort(node.mixed.begin(), node.mixed.end(), [](const auto& a, const auto& b) {
      if (a.parts.size() != b.parts.size()) return a.parts.size() > b.parts.size();
      return a.parts.front().text < b.parts.front().text;
    });
    return added;
  }
  const std::string text = segment.parts.empty() ? "" : segment.parts.front().text;
  auto found = std::find_if(node.literals.begin(), node.literals.end(),
                            [&](const auto& literal) { return literal.text == text; });
  if (found != node.literals.end()) return *found->node;
  node.literals.push_back({text, std::make_unique<Node>()});
  node.index_literals();
  return *node.literals.back().node;
}

// Not a strong hash: the keys are the routes of the program, not of its clients.
std::size_t hash_of(std::string_view text) {
  std::uint64_t hash = text.size();
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x9e3779b97f4a7c15U;
  return static_cast<std::size_t>(hash >> 32U);
}

}  // namespace

const Router::Table::Node* Router::Table::Node::literal_child(std::string_view text) const {
  if (buckets.empty()) {
    for (const Literal& literal : literals) {
      if (same_text(literal.text, text)) return literal.node.get();
    }
    return nullptr;
  }
  const std::size_t mask = buckets.size() - 1;
  for (std::size_t i = hash_of(text) & mask; buckets[i] != 0; i = (i + 1) & mask) {
    const Literal& literal = literals[buckets[i] - 1];
    if (same_text(literal.text, text)) return literal.node.get();
  }
  return nullptr;
}

void Router::Table::Node::index_literals() {
  constexpr std::size_t few = 6;
  if (literals.size() <= few) return;
  std::size_t size = 16;
  while (size < literals.size() * 3) size *= 2;
  buckets.assign(size, 0);
  for (std::uint32_t position = 0; position < literals.size(); ++position) {
    std::size_t i = hash_of(literals[position].text) & (size - 1);
    while (buckets[i] != 0) i = (i + 1) & (size - 1);
    buckets[i] = position + 1;
  }
}

RouteIndex Router::Table::add(std::optional<Method> method, std::string_view pattern,
                              std::string_view source) {
  Route route{method, std::string(pattern), std::string(source), {}, {}};
  add_variants(route, pattern);
  const auto index = static_cast<RouteIndex>(routes.size());
  routes.push_back(std::move(route));
  for (std::uint32_t i = 0; i < routes.back().variants.size(); ++i) insert(index, i);
  return index;
}

// Reads "{…}" both ways: first with its segments, then without.
void Router::Table::add_variants(Route& route, std::string_view pattern) {
  const std::size_t open = pattern.find('{');
  if (open == std::string_view::npos) return add_variant(route, pattern);
  const std::size_t close = pattern.find('}', open);
  if (close == std::string_view::npos) fail(route.pattern, route.source, "'{' without '}'.");
  const std::string_view inside = pattern.substr(open + 1, close - open - 1);
  if (!inside.starts_with('/')) {
    fail(route.pattern, route.source,
         "braces may only enclose whole segments, as in '/list{/:page}'.");
  }
  const std::string before(pattern.substr(0, open));
  const std::string after(pattern.substr(close + 1));
  add_variants(route, before + std::string(inside) + after);
  add_variants(route, before + after);
}

void Router::Table::add_variant(Route& route, std::string_view text) {
  Variant variant;
  variant.segments = parse_segments(text.empty() ? "/" : text, route.pattern, route.source);
  for (const Segment& segment : variant.segments) {
    for (const Part& part : segment.parts) {
      if (!part.is_parameter) continue;
      const auto found = std::find(route.names.begin(), route.names.end(), part.text);
      const auto position = static_cast<std::size_t>(found - route.names.begin());
      if (found == route.names.end()) route.names.push_back(part.text);
      if (std::find(variant.value_positions.begin(), variant.value_positions.end(), position) !=
          variant.value_positions.end()) {
        fail(route.pattern, route.source, "the parameter '" + part.text + "' appears twice.");
      }
      variant.value_positions.push_back(position);
    }
    if (segment.kind == Segment::Kind::wildcard && &segment != &variant.segments.back()) {
      fail(route.pattern, route.source, "a wildcard must be the last segment.");
    }
  }
  if (route.names.size() > Request::max_path_parameters) {
    fail(route.pattern, route.source, "more than 16 parameters.");
  }
  route.variants.push_back(std::move(variant));
}

void Router::Table::insert(RouteIndex index, std::uint32_t variant) {
  Node* node = &root;
  for (const Segment& segment : routes[index].variants[variant].segments) {
    node = &child_of(*node, segment);
  }
  insert_leaf(*node, index, variant);
}

void Router::Table::insert_leaf(Node& node, RouteIndex index, std::uint32_t variant) {
  const Route& route = routes[index];
  for (const Leaf& leaf : node.leaves) {
    const Route& other = routes[leaf.route];
    if (other.method != route.method) continue;
    const std::string method = route.method ? std::string(to_string(*route.method)) : "ANY";
    conflicts.push_back("Duplicate route: " + method + " " + route.pattern + " of " + route.source +
                        " can never be reached, because " + method + " " + other.pattern + " of " +
                        other.source + " answers the same requests; remove or rename one.");
    return;
  }
  node.leaves.push_back({route.method.value_or(Method::other), !route.method, index, variant});
  // A route for one method goes before a route for any.
  std::stable_sort(node.leaves.begin(), node.leaves.end(),
                   [](const Leaf& a, const Leaf& b) { return a.any < b.any; });
}

// Values come in the order of the segments; with optional segments left out, a route's parameter
// may have another position, or no value at all.
void Router::Table::place_values(const Route& route, const Variant& variant,
                                 RouteMatch& match) const {
  if (route.variants.size() == 1) return;
  std::array<std::string_view, Request::max_path_parameters> found;
  std::copy_n(match.values.begin(), variant.value_positions.size(), found.begin());
  std::fill_n(match.values.begin(), route.names.size(), std::string_view{});
  for (std::size_t i = 0; i < variant.value_positions.size(); ++i) {
    match.values[variant.value_positions[i]] = found[i];
  }
  match.value_count = route.names.size();
}

bool Router::Table::take(const Node& node, Method method, RouteMatch& match) const {
  const Leaf* chosen = nullptr;
  for (const Leaf& leaf : node.leaves) {
    if (leaf.any || leaf.method == method) {
      chosen = &leaf;
      break;
    }
  }
  if (chosen == nullptr && method == Method::HEAD) {
    for (const Leaf& leaf : node.leaves) {
      if (leaf.method == Method::GET) chosen = &leaf;
    }
  }
  if (chosen == nullptr) {
    for (const Leaf& leaf : node.leaves) {
      match.allowed.add(leaf.method);
      if (leaf.method == Method::GET) match.allowed.add(Method::HEAD);
    }
    return false;
  }
  match.kind = RouteMatch::Kind::found;
  match.route = chosen->route;
  const Route& route = routes[chosen->route];
  place_values(route, route.variants[chosen->variant], match);
  return true;
}

// `rest` is what follows the path matched so far: empty, or starting with '/'.
bool Router::Table::walk(const Node& node, std::string_view rest, Method method,
                         RouteMatch& match) const {
  if (rest.empty()) return take(node, method, match);
  const std::string_view after_slash = rest.substr(1);
  const void* slash =
      after_slash.empty() ? nullptr : std::memchr(after_slash.data(), '/', after_slash.size());
  const std::size_t size =
      slash == nullptr
          ? after_slash.size()
          : static_cast<std::size_t>(static_cast<const char*>(slash) - after_slash.data());
  const std::string_view segment = after_slash.substr(0, size);
  const std::string_view remainder = after_slash.substr(size);
  const Node* literal = node.literal_child(segment);
  if (literal != nullptr && walk(*literal, remainder, method, match)) return true;
  if (segment.empty()) return false;
  const std::size_t count = match.value_count;
  for (const Mixed& mixed : node.mixed) {
    if (match_mixed(mixed.parts, segment, match) && walk(*mixed.node, remainder, method, match)) {
      return true;
    }
    match.value_count = count;
  }
  if (node.parameter) {
    match.values[match.value_count++] = segment;
    if (walk(*node.parameter, remainder, method, match)) return true;
    match.value_count = count;
  }
  if (node.wildcard) {
    match.values[match.value_count++] = after_slash;
    if (take(*node.wildcard, method, match)) return true;
    match.value_count = count;
  }
  return false;
}

Router::Router() : table_{std::make_unique<Table>()} {}
Router::~Router() = default;
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;

RouteIndex Router::add(Method method, std::string_view pattern, std::string_view source) {
  return table_->add(method, pattern, source);
}

RouteIndex Router::add_any(std::string_view pattern, std::string_view source) {
  return table_->add(std::nullopt, pattern, source);
}

const std::vector<std::string>& Router::conflicts() const { return table_->conflicts; }

RouteMatch Router::match(Method method, std::string_view path) const {
  RouteMatch match;
  this->match(method, path, match);
  return match;
}

void Router::match(Method method, std::string_view path, RouteMatch& match) const {
  match.kind = RouteMatch::Kind::not_found;
  match.allowed = {};
  match.value_count = 0;
  if (path.empty() || path.front() != '/') return;
  if (table_->walk(table_->root, path, method, match)) return;
  if (match.allowed.empty()) return;
  match.kind = RouteMatch::Kind::method_not_allowed;
  match.allowed.add(Method::OPTIONS);
}

void Router::match(Request& request, RouteMatch& match) const {
  this->match(request.method(), request.path(), match);
  if (match.kind != RouteMatch::Kind::found || match.value_count == 0) return;
  const std::vector<std::string>& names = parameter_names(match.route);
  request.clear_path_parameters();
  for (std::size_t i = 0; i < match.value_count; ++i) {
    if (match.values[i].data() != nullptr) request.add_path_parameter(names[i], match.values[i]);
  }
}

std::size_t Router::size() const { return table_->routes.size(); }
std::string_view Router::pattern(RouteIndex route) const { return table_->routes[route].pattern; }
std::string_view Router::source(RouteIndex route) const { return table_->routes[route].source; }
std::optional<Method> Router::method(RouteIndex route) const {
  return table_->routes[route].method;
}
const std::vector<std::string>& Router::parameter_names(RouteIndex route) const {
  return table_->routes[route].names;
}

std::string Router::dump() const {
  std::vector<const Table::Route*> sorted;
  std::size_t width = 0;
  for (const Table::Route& route : table_->routes) {
    sorted.push_back(&route);
    width = std::max(width, route.pattern.size());
  }
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto* a, const auto* b) { return a->pattern < b->pattern; });
  std::string text;
  for (const Table::Route* route : sorted) {
    std::string line = route->method ? std::string(to_string(*route->method)) : "ANY";
    line.resize(std::max<std::size_t>(line.size() + 1, 8), ' ');
    line += route->pattern;
    line.resize(std::max<std::size_t>(line.size(), 8 + width) + 2, ' ');
    text += line + route->source + '\n';
  }
  return text;
}

}  // namespace roost::http
