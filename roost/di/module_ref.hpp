// ModuleRef: looking things up by type while the application runs, from inside one module.
#pragma once

#include <roost/di/constructor.hpp>
#include <roost/di/dependency.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

namespace roost {
namespace di {
struct Graph;
class Container;
}  // namespace di

/// A module's view of the container; any provider or controller may take a `ModuleRef&`. Valid as
/// long as the application. Safe to use from several threads once the application has started.
class ModuleRef {
 public:
  ModuleRef(const ModuleRef&) = delete;
  ModuleRef& operator=(const ModuleRef&) = delete;

  /// The singleton of type T that this very module provides; not those of its imports. Throws
  /// roost::Error when there is none, when it is not a singleton, or not constructed yet.
  template <class T>
  [[nodiscard]] typename di::TokenObject<T>::type& get() const {
    return *static_cast<typename di::TokenObject<T>::type*>(get_own(TypeId::of<T>()));
  }

  /// Constructs a class that nobody provides, injecting what this module sees (singletons only).
  /// The caller owns it; it must not outlive the application. Throws roost::Error when a parameter
  /// cannot be had, and what the constructor throws.
  template <class T>
  [[nodiscard]] std::unique_ptr<T> create() const {
    return create<T>(typename di::Constructor<T>::Parameters{});
  }

  [[nodiscard]] std::string_view module_name() const;

 private:
  friend struct di::Graph;
  ModuleRef(const di::Graph& graph, std::uint32_t module) : graph_{&graph}, module_{module} {}

  template <class T, class... D>
  [[nodiscard]] std::unique_ptr<T> create(di::List<D...>) const {
    static_assert(
        di::Constructor<T>::kind == di::ConstructorKind::deduced ||
            di::Constructor<T>::kind == di::ConstructorKind::listed,
        "roost: ModuleRef::create<T>() needs a class with exactly one public constructor, or "
        "`using inject = roost::Args<...>;`");
    std::array<void*, sizeof...(D)> arguments{};
    std::array<di::SharedView, sizeof...(D)> shared{};
    const std::array<di::Dependency, sizeof...(D)> wanted{
        di::Dependency{TypeId::of<typename di::Injected<D>::Token>(), di::Injected<D>::kind}...};
    for (std::size_t i = 0; i < sizeof...(D); ++i) {
      arguments[i] = argument_for(TypeId::of<T>(), wanted[i], shared[i]);
    }
    return construct<T>(arguments.data(), di::List<D...>{}, std::index_sequence_for<D...>{});
  }
  template <class T, class... D, std::size_t... I>
  static std::unique_ptr<T> construct([[maybe_unused]] void* const* arguments, di::List<D...>,
                                      std::index_sequence<I...>) {
    return std::make_unique<T>(di::Injected<D>::from(arguments[I])...);
  }

  [[nodiscard]] void* get_own(TypeId token) const;
  [[nodiscard]] void* argument_for(TypeId consumer, const di::Dependency& wanted,
                                   di::SharedView& shared) const;

  const di::Graph* graph_;
  std::uint32_t module_;
};

}  // namespace roost
