// Tables of pairs that relations of several classes share.
#include <roost/meta/annotation.hpp>
#include <roost/orm/detail/metadata_builder.hpp>

#include <string>

namespace roost::orm::detail {

void MetadataBuilder::share_pivot(EntityMetadata& entity, RelationMetadata& relation) {
  const auto& shared = *reflect::find_annotation<SharedPivotWord>(relation.field->annotations);
  if (entity.primary_key.size() != 1) {
    return fault(entity, std::string{relation.name} + " says shared_pivot, but the key of " +
                             std::string{entity.name} +
                             " is not of one part: give it a table of pairs of its own");
  }
  relation.pivot_kind_column = naming_.reference_column(shared.member, "type");
  relation.pivot_kind = shared.name.empty() ? entity.table : std::string{shared.name};
  relation.pivot_owner_columns = {naming_.reference_column(shared.member, "id")};
}

void MetadataBuilder::check_shared_pivots() {
  std::vector<const RelationMetadata*> pivots;
  for (const auto& entity : entities_) {
    for (const RelationMetadata& relation : entity->relations) {
      const bool owns = relation.kind == RelationKind::many_to_many && relation.owning &&
                        relation.owner == entity.get() && relation.pivot_entity == nullptr;
      if (!owns) continue;
      for (const RelationMetadata* other : pivots) {
        const bool one_table = other->pivot_table == relation.pivot_table &&
                               other->owner->schema_name == relation.owner->schema_name;
        const bool shared = relation.shares_pivot() || other->shares_pivot();
        if (one_table && shared) check_shared_pivot(relation, *other);
      }
      pivots.push_back(&relation);
    }
  }
}

/// All say the same of the table, and each something else of its pairs.
void MetadataBuilder::check_shared_pivot(const RelationMetadata& relation,
                                         const RelationMetadata& first) {
  const EntityMetadata& entity = *relation.owner;
  const std::string where = std::string{relation.name} + " shares the table " +
                            relation.pivot_table + " with " + std::string{first.owner->name} +
                            "::" + std::string{first.name};
  if (relation.pivot_kind_column != first.pivot_kind_column ||
      relation.pivot_target_columns != first.pivot_target_columns ||
      relation.target->root != first.target->root) {
    return fault(entity, where +
                             ": both say shared_pivot with the same member, and refer to the same "
                             "class");
  }
  const auto key_type = [](const EntityMetadata& keyed) {
    return keyed.columns[keyed.primary_key.front()].value_type;
  };
  if (key_type(entity) != key_type(*first.owner)) {
    return fault(entity, where + ", whose key is of another type: one column holds both");
  }
  if (relation.pivot_kind == first.pivot_kind) {
    fault(entity, where + ", and \"" + relation.pivot_kind +
                      "\" stands for both there: say another name, as the last argument of "
                      "shared_pivot");
  }
}

}  // namespace roost::orm::detail
