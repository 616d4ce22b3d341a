// Guards, interceptors and exception filters: what they are, how a route or controller names them,
// and the chain that they become. A route that names none has an empty chain and pays nothing.
#pragma once

#include <roost/async/task.hpp>
#include <roost/base/type_name.hpp>
#include <roost/web/execution_context.hpp>

#include <cstddef>
#include <exception>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace roost {

/// The rest of the way to the handler, as an interceptor sees it. `co_await next();` runs it; an
/// interceptor that never does answers by itself.
class Next {
 public:
  using Step = Task<void> (*)(void* state, std::size_t position);

  Next(Step step, void* state, std::size_t position)
      : step_{step}, state_{state}, position_{position} {}

  [[nodiscard]] Task<void> operator()() const { return step_(state_, position_); }

 private:
  Step step_;
  void* state_;
  std::size_t position_;
};

class SecurityScheme;

namespace web {

/// A class of the chain.
struct Link {
  TypeId type;
};
/// Exactly one of `call` and `start` is set, as the guard's function is plain or a coroutine.
struct GuardLink : Link {
  /// What the class says with `static constexpr auto security = bearer_auth();`, else null.
  const SecurityScheme* security = nullptr;
  bool (*call)(ExecutionContext& context) = nullptr;
  Task<bool> (*start)(ExecutionContext& context) = nullptr;
};
struct InterceptorLink : Link {
  Task<void> (*run)(ExecutionContext& context, const Next& next) = nullptr;
};
/// False: the exception is none of those that the filter catches.
struct FilterLink : Link {
  bool (*handle)(ExecutionContext& context, const std::exception_ptr& exception) = nullptr;
};

/// What stands around a handler, in the order in which it runs (filters: nearest first).
struct Chain {
  std::vector<GuardLink> guards;
  std::vector<InterceptorLink> interceptors;
  std::vector<FilterLink> filters;

  [[nodiscard]] bool empty() const {
    return guards.empty() && interceptors.empty() && filters.empty();
  }
  /// Adds links of the same level behind those that are there.
  void append(const Chain& more);
  /// Puts the links of a controller around those of its route.
  void surround(const Chain& outer);
  /// One line per link; "(empty)".
  [[nodiscard]] std::string dump() const;
};

/// The request's instance of a class that some module provides.
[[nodiscard]] void* instance_of(ExecutionContext& context, TypeId type);
template <class T>
T& instance_of(ExecutionContext& context) {
  return *static_cast<T*>(instance_of(context, TypeId::of<T>()));
}

template <class G>
GuardLink guard_link() {
  using Result = decltype(std::declval<G&>().can_activate(std::declval<ExecutionContext&>()));
  GuardLink link;
  link.type = TypeId::of<G>();
  if constexpr (requires { G::security; }) link.security = &G::security;
  if constexpr (std::is_same_v<Result, bool>) {
    link.call = [](ExecutionContext& context) {
      return instance_of<G>(context).can_activate(context);
    };
  } else {
    link.start = [](ExecutionContext& context) -> Task<bool> {
      return instance_of<G>(context).can_activate(context);
    };
  }
  return link;
}
template <class I>
InterceptorLink interceptor_link() {
  InterceptorLink link;
  link.type = TypeId::of<I>();
  link.run = [](ExecutionContext& context, const Next& next) -> Task<void> {
    return instance_of<I>(context).intercept(context, next);
  };
  return link;
}
template <class F>
FilterLink filter_link() {
  FilterLink link;
  link.type = TypeId::of<F>();
  link.handle = [](ExecutionContext& context, const std::exception_ptr& exception) {
    try {
      std::rethrow_exception(exception);
    } catch (const typename F::catches& caught) {
      instance_of<F>(context).handle(caught, context);
      return true;
    } catch (...) {
      return false;
    }
  };
  return link;
}

template <class... G>
struct UseGuards {
  static void add_to(Chain& chain) { (chain.guards.push_back(guard_link<G>()), ...); }
};
template <class... I>
struct UseInterceptors {
  static void add_to(Chain& chain) { (chain.interceptors.push_back(interceptor_link<I>()), ...); }
};
template <class... F>
struct UseFilters {
  static void add_to(Chain& chain) { (chain.filters.push_back(filter_link<F>()), ...); }
};

}  // namespace web

/// Annotation of a route or controller: classes with `bool can_activate(ExecutionContext&)`, or a
/// Task of it, asked in order before anything else of the request is looked at. False is answered
/// with a 403; a guard may throw its own answer. Each must be among the providers of a module.
template <class... G>
constexpr web::UseGuards<G...> use_guards() {
  return {};
}

/// Annotation of a route or controller: classes with
/// `Task<void> intercept(ExecutionContext&, const Next& next)`, outermost first; each runs what is
/// inside by `co_await next();`. Each must be among the providers of a module.
template <class... I>
constexpr web::UseInterceptors<I...> use_interceptors() {
  return {};
}

/// Annotation of a route or controller: classes with `using catches = SomeException;` and
/// `void handle(const SomeException&, ExecutionContext&)`, which writes the answer. The nearest
/// that catches the exception handles it. Each must be among the providers of a module.
template <class... F>
constexpr web::UseFilters<F...> use_filters() {
  return {};
}

}  // namespace roost
