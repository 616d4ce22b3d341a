// The compile-time check of one module: everything that its constructors take must be provided
// here, exported by an import, global, or supplied with each request.
//
// Look-ups do not walk the list of providers: it becomes a class with one base Leaf<key, index,
// entry> per entry, and overload resolution finds the base. Cycles are found by an
// ordinary depth-first walk over an adjacency list in a consteval function. Errors are named
// structs (wiring_errors.hpp); each stage runs only when the ones before it found nothing.
#pragma once

#include <roost/di/module_def.hpp>
#include <roost/di/provider.hpp>
#include <roost/di/wiring_errors.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <type_traits>
#include <utility>

namespace roost {

/// What a module shows to those that import it: types that it provides, and modules that it
/// imports (re-export). `using exports = roost::exports<CatsService, ClockModule>;`
template <class... T>
struct exports {};

namespace di {

template <class... A, class... B>
consteval List<A..., B...> operator+(List<A...>, List<B...>) {
  return {};
}

inline constexpr std::size_t nowhere = static_cast<std::size_t>(-1);

/// What a look-up by type gives: the position in the list and what stands there, or NotFound.
template <std::size_t I, class T>
struct Found {
  static constexpr std::size_t index = I;
  using Entry = T;
};
struct NotFound {
  static constexpr std::size_t index = nowhere;
};

template <class Key, std::size_t I, class T>
struct Leaf {};
template <class Sequence, class Keys, class Entries>
struct Leaves;
template <std::size_t... I, class... Key, class... T>
struct Leaves<std::index_sequence<I...>, List<Key...>, List<T...>> : Leaf<Key, I, T>... {};

// Only declared: a look-up is a decltype. Functions with a body inside templates that have all
// providers of a module as arguments make g++ write out (mangle) names of that length.
template <class Key, std::size_t I, class T>
Found<I, T> find_leaf(const Leaf<Key, I, T>*);
template <class Key>
NotFound find_leaf(const void*);
template <std::size_t I, class Key, class T>
TypeBox<Key> key_at(const Leaf<Key, I, T>*);

/// Entries by key. A key that is in the list twice is not found.
template <class Keys, class Entries = Keys>
struct Index {
  using Bases = Leaves<std::make_index_sequence<Keys::size>, Keys, Entries>;
  template <class Key>
  using Find = decltype(find_leaf<Key>(static_cast<const Bases*>(nullptr)));
  template <class Key>
  static constexpr bool has = !std::is_same_v<Find<Key>, NotFound>;
  template <std::size_t I>
  using KeyAt = typename decltype(key_at<I>(static_cast<const Bases*>(nullptr)))::type;
};

/// Whether a list has a type, be it several times; looks through the whole list if it has not.
template <class Keys, class Key>
struct Contains;
template <class... T, class Key>
struct Contains<List<T...>, Key> : std::bool_constant<(std::is_same_v<T, Key> || ...)> {};

template <class T>
concept Complete = requires {
  sizeof(T);
};

template <class M>
concept HasDefine = requires {
  ModuleDef{M::define()};
};
template <class M>
concept ModuleClass = HasDefine<M> || requires {
  typename M::exports;
};

/// Stands in a list of imports for a class that was named there without having a define().
template <class M>
struct NoDefinition;

template <class M>
consteval auto exports_of() {
  if constexpr (requires { typename M::exports; }) {
    return typename M::exports{};
  } else {
    return roost::exports<>{};
  }
}
template <class M>
using ExportsOf = decltype(exports_of<M>());

template <class M>
struct Exported;
template <class E>
consteval auto exported_by_entry() {
  if constexpr (ModuleClass<E>) {
    return typename Exported<E>::Tokens{};
  } else {
    return List<E>{};
  }
}
template <class... E>
consteval auto flatten_exports(roost::exports<E...>) {
  return (List<>{} + ... + exported_by_entry<E>());
}
/// The tokens that a module shows, through re-exports as well.
template <class M>
struct Exported {
  using Tokens = decltype(flatten_exports(ExportsOf<M>{}));
};

/// `Tokens` and `Modules` that imports<…> makes visible.
template <class... M>
struct Visible {
  using Modules = List<M...>;
  using Tokens = decltype((List<>{} + ... + typename Exported<M>::Tokens{}));
  using ByToken = Index<Tokens>;
};

/// Whether imports with these exports show a token; two of them may.
template <class Seen, class Token,
          bool = !std::is_same_v<typename Seen::ByToken::template Find<Token>, NotFound>>
struct IsSeen : std::true_type {};
template <class Seen, class Token>
struct IsSeen<Seen, Token, false> : Contains<typename Seen::Tokens, Token> {};

/// Keeps contributions out of the look-up of plain parameters.
template <class Token>
struct Contributed;

template <class P>
using KeyOf =
    std::conditional_t<P::contribution, Contributed<typename P::Token>, typename P::Token>;

/// The module's own providers, found by token.
template <class... P>
struct OwnProviders : Index<List<KeyOf<P>...>, List<P...>> {
  using Keys = List<KeyOf<P>...>;
};

struct Edges {
  std::array<std::uint16_t, most_parameters> to{};
  std::size_t count = 0;
};

struct CyclePath {
  static constexpr std::size_t longest = 64;
  std::array<std::uint16_t, longest> nodes{};
  std::size_t length = 0;  // 0: no cycle
};

/// The edges to the given positions, without those that lead nowhere.
template <std::size_t... Target>
consteval Edges make_edges(std::index_sequence<Target...>) {
  Edges edges;
  for (const std::size_t target : std::initializer_list<std::size_t>{Target...}) {
    if (target != nowhere) edges.to[edges.count++] = static_cast<std::uint16_t>(target);
  }
  return edges;
}

/// The first cycle in the graph, with its first node repeated at its end.
template <std::size_t N>
consteval CyclePath find_cycle(const std::array<Edges, N>& graph) {
  CyclePath path;
  std::array<unsigned char, N> seen{};  // 1: on the stack, 2: done
  std::array<std::uint16_t, N> stack{};
  std::array<std::size_t, N> next{};
  for (std::size_t start = 0; start < N; ++start) {
    if (seen[start] != 0) continue;
    std::size_t depth = 0;
    stack[0] = static_cast<std::uint16_t>(start);
    next[0] = 0;
    seen[start] = 1;
    while (true) {
      const std::uint16_t node = stack[depth];
      if (next[depth] == graph[node].count) {
        seen[node] = 2;
        if (depth == 0) break;
        --depth;
        continue;
      }
      const std::uint16_t target = graph[node].to[next[depth]++];
      if (seen[target] == 0) {
        seen[target] = 1;
        stack[++depth] = target;
        next[depth] = 0;
      } else if (seen[target] == 1) {
        std::size_t begin = 0;
        while (stack[begin] != target) ++begin;
        for (std::size_t i = begin; i <= depth && path.length + 1 < CyclePath::longest; ++i) {
          path.nodes[path.length++] = stack[i];
        }
        path.nodes[path.length++] = target;
        return path;
      }
    }
  }
  return path;
}

}  // namespace di
}  // namespace roost
