// Statements of a data source: those whose text depends on nothing but an entity's class, and those
// that were made for a find.
#pragma once

#include <roost/orm/detail/hydrator.hpp>
#include <roost/orm/detail/key_pools.hpp>
#include <roost/orm/detail/plan_cache.hpp>
#include <roost/orm/metadata.hpp>
#include <roost/sql/driver.hpp>
#include <roost/sql/statement.hpp>

#include <vector>

namespace roost::orm::detail {

/// Made once, with the data source; its statements live in the database's registry. Thread-safe.
class Plans {
 public:
  Plans(db::Database& database, const Metadata& metadata);

  /// Every column of the row with the key that is bound; rows that are deleted softly are hidden.
  /// Null where the text depends on the schema that the manager chose.
  [[nodiscard]] const db::Statement* by_key(const EntityMetadata& entity) const {
    return by_key_[entity.index];
  }

  /// Where the columns of a whole entity stand in a row.
  [[nodiscard]] const HydratorLayout& layout(const EntityMetadata& entity) const {
    return layouts_[entity.index];
  }

  /// The tables as they are written; see detail::write_order.
  [[nodiscard]] const std::vector<const EntityMetadata*>& write_order() const {
    return write_order_;
  }

  /// Of finds and inserts that were asked before.
  [[nodiscard]] PlanCache& cache() { return cache_; }

  /// Is there a class with a pooled_key, and would its keys cost round trips otherwise?
  [[nodiscard]] bool pools_keys() const { return pools_keys_; }
  [[nodiscard]] KeyPools& keys() { return keys_; }

 private:
  std::vector<const db::Statement*> by_key_;
  std::vector<HydratorLayout> layouts_;
  std::vector<const EntityMetadata*> write_order_;
  PlanCache cache_;
  KeyPools keys_;
  bool pools_keys_ = false;
};

}  // namespace roost::orm::detail
