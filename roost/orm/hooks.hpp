// What an entity class wants to know of its life: member functions of known names.
#pragma once

namespace roost::orm {

/// An entity may have these member functions, without arguments and results; each is optional.
///
///     void before_insert();  void after_insert();   // around the flush that inserts it
///     void before_update();  void after_update();   // only when something changed
///     void before_remove();  void after_remove();
///     void on_load();                               // filled from a row
///
/// What a before_… changes in its entity is written along. They must not wait, nor use the entity
/// manager; what they throw stops the flush before anything is sent (before_…) or leaves it done
/// (after_…).
struct EntityHooks {
  using Call = void (*)(void* entity);
  Call before_insert = nullptr;
  Call after_insert = nullptr;
  Call before_update = nullptr;
  Call after_update = nullptr;
  Call before_remove = nullptr;
  Call after_remove = nullptr;
  Call on_load = nullptr;
};

namespace detail {

template <class E>
constexpr EntityHooks find_hooks() {
  EntityHooks hooks;
  if constexpr (requires(E & entity) { entity.before_insert(); }) {
    hooks.before_insert = [](void* entity) { static_cast<E*>(entity)->before_insert(); };
  }
  if constexpr (requires(E & entity) { entity.after_insert(); }) {
    hooks.after_insert = [](void* entity) { static_cast<E*>(entity)->after_insert(); };
  }
  if constexpr (requires(E & entity) { entity.before_update(); }) {
    hooks.before_update = [](void* entity) { static_cast<E*>(entity)->before_update(); };
  }
  if constexpr (requires(E & entity) { entity.after_update(); }) {
    hooks.after_update = [](void* entity) { static_cast<E*>(entity)->after_update(); };
  }
  if constexpr (requires(E & entity) { entity.before_remove(); }) {
    hooks.before_remove = [](void* entity) { static_cast<E*>(entity)->before_remove(); };
  }
  if constexpr (requires(E & entity) { entity.after_remove(); }) {
    hooks.after_remove = [](void* entity) { static_cast<E*>(entity)->after_remove(); };
  }
  if constexpr (requires(E & entity) { entity.on_load(); }) {
    hooks.on_load = [](void* entity) { static_cast<E*>(entity)->on_load(); };
  }
  return hooks;
}

template <class E>
inline constexpr EntityHooks hooks_of = find_hooks<E>();

}  // namespace detail
}  // namespace roost::orm
