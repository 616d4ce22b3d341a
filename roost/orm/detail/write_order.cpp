#include <roost/orm/detail/write_order.hpp>

namespace roost::orm::detail {

std::vector<const EntityMetadata*> write_order(const Metadata& metadata) {
  const auto& all = metadata.entities();
  std::vector<const EntityMetadata*> order;
  std::vector<char> state(all.size(), 0);  // 0 new, 1 under way, 2 done
  const auto refers = [](const RelationMetadata& relation, bool nullable) {
    return !relation.to_many() && relation.owning && relation.nullable == nullable;
  };
  // Does it need, through whatever depth, one that is under way?
  const auto needs_waiting = [&](auto& self, const EntityMetadata& entity,
                                 std::vector<char>& seen) -> bool {
    if (state[entity.index] == 1) return true;
    if (state[entity.index] == 2 || seen[entity.index] != 0) return false;
    seen[entity.index] = 1;
    bool needs = false;
    each_family_relation(entity, [&](const RelationMetadata& relation) {
      if (!refers(relation, false)) return;
      relation.each_target(
          [&](const EntityMetadata& target) { needs = needs || self(self, *target.root, seen); });
    });
    return needs;
  };
  const auto visit = [&](auto& self, const EntityMetadata& entity) -> void {
    if (state[entity.index] != 0) return;
    state[entity.index] = 1;
    // What must be there comes first; in a cycle a reference that may be empty gives way.
    for (const bool nullable : {false, true}) {
      each_family_relation(entity, [&](const RelationMetadata& relation) {
        if (!refers(relation, nullable)) return;
        relation.each_target([&](const EntityMetadata& target) {
          std::vector<char> seen(all.size(), 0);
          if (nullable && needs_waiting(needs_waiting, *target.root, seen)) return;
          self(self, *target.root);
        });
      });
    }
    state[entity.index] = 2;
    order.push_back(&entity);
  };
  for (const auto& entity : all) visit(visit, *entity->root);
  return order;
}

}  // namespace roost::orm::detail
