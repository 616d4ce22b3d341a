// Guards, interceptors, pipes and exception filters: what they are, how a route, controller or
// module names them, and the chain that they become. A route that names none has an empty chain and
// pays nothing.
#pragma once

#include <roost/async/task.hpp>
#include <roost/base/type_name.hpp>
#include <roost/di/module_def.hpp>
#include <roost/web/execution_context.hpp>

#include <cstddef>
#include <exception>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace roost {

namespace validation {
struct ValidationOptions;
}

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
class PipeValue;

/// Stands in a filter's `catches` for whatever is thrown.
struct AnyException {};

namespace web {

/// A class of the chain. The functions below take its instance, or null when each request has its
/// own: then they ask the request's scope.
struct Link {
  TypeId type;
};
/// Exactly one of `call` and `start` is set, as the guard's function is plain or a coroutine.
struct GuardLink : Link {
  /// What the class says with `static constexpr auto security = bearer_auth();`, else null.
  const SecurityScheme* security = nullptr;
  bool (*call)(void* instance, ExecutionContext& context) = nullptr;
  Task<bool> (*start)(void* instance, ExecutionContext& context) = nullptr;
};
struct InterceptorLink : Link {
  Task<void> (*run)(void* instance, ExecutionContext& context, const Next& next) = nullptr;
};
struct PipeLink : Link {
  void (*transform)(void* instance, ExecutionContext& context, PipeValue& value) = nullptr;
};
/// False: the exception is none of those that the filter catches.
struct FilterLink : Link {
  bool (*handle)(void* instance, ExecutionContext& context,
                 const std::exception_ptr& exception) = nullptr;
};

/// What stands around a handler, in the order in which it runs (filters: the first that catches
/// handles).
struct Chain {
  std::vector<GuardLink> guards;
  std::vector<InterceptorLink> interceptors;
  std::vector<PipeLink> pipes;
  std::vector<FilterLink> filters;

  [[nodiscard]] bool empty() const {
    return guards.empty() && interceptors.empty() && pipes.empty() && filters.empty();
  }
  /// Adds links of the same level: they run behind those that are there, but of two filters that
  /// catch an exception the later one handles it.
  void append(const Chain& more);
  /// Puts the links of an outer level around those that are there.
  void surround(const Chain& outer);
  /// One line per link; "(empty)".
  [[nodiscard]] std::string dump() const;
};

/// A route and the guards of all levels before it, in the order in which they are asked.
struct GuardedRoute {
  const RouteDescriptor* descriptor = nullptr;
  std::vector<GuardLink> guards;
  /// How its input is validated; null: as usual. Lives as long as the dispatcher.
  const validation::ValidationOptions* validation = nullptr;
};

/// What a module says for its own controllers, or with everywhere() for the whole application.
struct ModuleChain {
  Chain chain;
  bool everywhere = false;
};
using AddToChain = void (*)(Chain& chain);
void add_chain(di::ModuleData& data, std::initializer_list<AddToChain> parts, bool everywhere);

/// The request's instance of a class that some module provides.
[[nodiscard]] void* instance_of(ExecutionContext& context, TypeId type);
template <class T>
T& instance_of(void* known, ExecutionContext& context) {
  return *static_cast<T*>(known != nullptr ? known : instance_of(context, TypeId::of<T>()));
}

template <class G>
GuardLink guard_link() {
  using Result = decltype(std::declval<G&>().can_activate(std::declval<ExecutionContext&>()));
  GuardLink link;
  link.type = TypeId::of<G>();
  if constexpr (requires { G::security; }) link.security = &G::security;
  if constexpr (std::is_same_v<Result, bool>) {
    link.call = [](void* instance, ExecutionContext& context) {
      return instance_of<G>(instance, context).can_activate(context);
    };
  } else {
    link.start = [](void* instance, ExecutionContext& context) -> Task<bool> {
      return instance_of<G>(instance, context).can_activate(context);
    };
  }
  return link;
}
template <class I>
InterceptorLink interceptor_link() {
  InterceptorLink link;
  link.type = TypeId::of<I>();
  link.run = [](void* instance, ExecutionContext& context, const Next& next) -> Task<void> {
    return instance_of<I>(instance, context).intercept(context, next);
  };
  return link;
}
template <class P>
PipeLink pipe_link() {
  PipeLink link;
  link.type = TypeId::of<P>();
  link.transform = [](void* instance, ExecutionContext& context, PipeValue& value) {
    instance_of<P>(instance, context).transform(value);
  };
  return link;
}
template <class F>
FilterLink filter_link() {
  FilterLink link;
  link.type = TypeId::of<F>();
  link.handle = [](void* instance, ExecutionContext& context, const std::exception_ptr& exception) {
    if constexpr (std::is_same_v<typename F::catches, AnyException>) {
      instance_of<F>(instance, context).handle(exception, context);
      return true;
    } else {
      try {
        std::rethrow_exception(exception);
      } catch (const typename F::catches& caught) {
        instance_of<F>(instance, context).handle(caught, context);
        return true;
      } catch (...) {
        return false;
      }
    }
  };
  return link;
}

/// What use_guards() and its like share: annotations of routes and controllers, and parts of
/// modules.
template <class Use>
struct ChainPart : di::ModulePart {
  template <class Own>
  void add_to(di::ModuleData& data) const {
    add_chain(data, {&Use::extend}, false);
  }
};
template <class... G>
struct UseGuards : ChainPart<UseGuards<G...>> {
  static void extend(Chain& chain) { (chain.guards.push_back(guard_link<G>()), ...); }
};
template <class... I>
struct UseInterceptors : ChainPart<UseInterceptors<I...>> {
  static void extend(Chain& chain) { (chain.interceptors.push_back(interceptor_link<I>()), ...); }
};
template <class... P>
struct UsePipes : ChainPart<UsePipes<P...>> {
  static void extend(Chain& chain) { (chain.pipes.push_back(pipe_link<P>()), ...); }
};
template <class... F>
struct UseFilters : ChainPart<UseFilters<F...>> {
  static void extend(Chain& chain) {
    (chain.filters.insert(chain.filters.begin(), filter_link<F>()), ...);
  }
};
template <class... Use>
struct Everywhere : di::ModulePart {
  template <class Own>
  void add_to(di::ModuleData& data) const {
    add_chain(data, {&Use::extend...}, true);
  }
};

}  // namespace web

/// Classes with `bool can_activate(ExecutionContext&)`, or a Task of it, asked in order before
/// anything else of the request is looked at. False is answered with a 403; a guard may throw its
/// own answer. An annotation of a route or controller, or a part of a module: then for all its
/// controllers, and inside of everywhere() for all routes of the application. Each class must be
/// among the providers of a module. Order: application, module, controller, route.
template <class... G>
constexpr web::UseGuards<G...> use_guards() {
  return {};
}

/// Likewise classes with `Task<void> intercept(ExecutionContext&, const Next& next)`, outermost
/// first; each runs what is inside by `co_await next();`, and sees what that throws.
template <class... I>
constexpr web::UseInterceptors<I...> use_interceptors() {
  return {};
}

/// Likewise classes with `void transform(PipeValue&)`, called for each parameter when it has been
/// read and validated. Those of one parameter only: roost::Piped.
template <class... P>
constexpr web::UsePipes<P...> use_pipes() {
  return {};
}

/// Likewise classes with `using catches = SomeException;` and
/// `void handle(const SomeException&, ExecutionContext&)`, which writes the answer; or with
/// `using catches = AnyException;` and `void handle(const std::exception_ptr&, ExecutionContext&)`.
/// The nearest that catches the exception handles it, and of one list the last. What a filter
/// throws is answered as if there were no filters.
template <class... F>
constexpr web::UseFilters<F...> use_filters() {
  return {};
}

/// Part of a module: these hold for every route of the application,
/// `module<AppModule>(everywhere(use_guards<AuthGuard>(), use_filters<LogFilter>()), …)`. Filters
/// see also what no route answers, and what middleware throws. The framework's own routes
/// (/health) are left alone.
template <class... Use>
constexpr web::Everywhere<Use...> everywhere(const Use&...) {
  return {};
}

}  // namespace roost
