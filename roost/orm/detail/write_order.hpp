// In which order the tables of a data source are written.
#pragma once

#include <roost/orm/metadata.hpp>

#include <cstddef>
#include <vector>

namespace roost::orm::detail {

/// Takes the relations of a class and of all that extend it.
template <class Take>
void each_family_relation(const EntityMetadata& root, const Take& take) {
  for (const RelationMetadata& relation : root.relations) take(relation);
  for (const EntityMetadata* descendant : root.descendants) {
    for (std::size_t i = descendant->parent->relations.size(); i < descendant->relations.size();
         ++i) {
      take(descendant->relations[i]);
    }
  }
}

/// The first class of each family, those that others refer to before these: the order of inserts.
/// In a circle a reference that may be empty gives way.
[[nodiscard]] std::vector<const EntityMetadata*> write_order(const Metadata& metadata);

}  // namespace roost::orm::detail
