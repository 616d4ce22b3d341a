// The compile-time check of one module: everything that its constructors take must be provided
// here, exported by an import, global, or supplied with each request.
//
// Look-ups are O(1) in the number of providers: a list of types becomes a class with one base
// Leaf<index, type> per entry, and overload resolution finds the base. Cycles are found by an
// ordinary depth-first walk over an adjacency list in a consteval function. Errors are named
// structs (wiring_errors.hpp); each stage runs only when the ones before it found nothing.
#pragma once

#include <roost/di/module_def.hpp>
#include <roost/di/provider.hpp>
#include <roost/di/wiring_errors.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
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

template <std::size_t I, class T>
struct Leaf {};
template <class Sequence, class... T>
struct Leaves;
template <std::size_t... I, class... T>
struct Leaves<std::index_sequence<I...>, T...> : Leaf<I, T>... {};

template <class T, std::size_t I>
consteval std::size_t find_leaf(const Leaf<I, T>*) {
  return I;
}
template <class T>
consteval std::size_t find_leaf(const void*) {
  return nowhere;
}

template <std::size_t I, class T>
consteval TypeBox<T> leaf_at(const Leaf<I, T>*) {
  return {};
}

/// Position of a type in a list; `nowhere` also for a type that is in it twice.
template <class L>
struct IndexOf;
template <class... T>
struct IndexOf<List<T...>> {
  using Bases = Leaves<std::index_sequence_for<T...>, T...>;
  template <class X>
  static constexpr std::size_t of = find_leaf<X>(static_cast<const Bases*>(nullptr));
  template <class X>
  static constexpr bool has = of<X> != nowhere;
  template <std::size_t I>
  using At = typename decltype(leaf_at<I>(static_cast<const Bases*>(nullptr)))::type;
  /// Also true for a type that is in the list several times.
  template <class X>
  static consteval bool contains() {
    if constexpr (has<X>) {
      return true;
    } else {
      return (std::is_same_v<X, T> || ...);
    }
  }
};

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
  using Modules = IndexOf<List<M...>>;
  using Tokens = IndexOf<decltype((List<>{} + ... + typename Exported<M>::Tokens{}))>;
};

/// Keeps contributions out of the look-up of plain parameters.
template <class Token>
struct Contributed;

/// The module's own providers, found by token.
template <class... P>
struct OwnProviders
    : IndexOf<List<std::conditional_t<P::contribution, Contributed<typename P::Token>,
                                      typename P::Token>...>> {};

struct Edges {
  std::array<std::uint16_t, most_parameters> to{};
  std::size_t count = 0;
};

struct CyclePath {
  static constexpr std::size_t longest = 64;
  std::array<std::uint16_t, longest> nodes{};
  std::size_t length = 0;  // 0: no cycle
};

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
