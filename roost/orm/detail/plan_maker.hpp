// The SELECTs of finds and of relations that are loaded: from the cache of the data source, or
// made.
#pragma once

#include <roost/orm/detail/plan_cache.hpp>
#include <roost/orm/detail/select_builder.hpp>
#include <roost/orm/detail/session.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace roost::orm::detail {

/// The plans that it gives out live as long as it does.
class PlanMaker {
 public:
  PlanMaker(Session& session, const FilterChoice& choice) : session_{session}, choice_{choice} {}

  // Placeholders in this order: key, filters, condition, order, limit, offset.
  const SelectPlan& roots(const EntityMetadata& entity, const FindOptions& options,
                          const std::vector<PopulateNode>& tree);
  const SelectPlan& count(const EntityMetadata& entity, const FindOptions& options);
  /// Locks the rows in the first of several tables, and returns their keys.
  const SelectPlan& locked_keys(const EntityMetadata& entity, const FindOptions& options);
  /// One row by its key, or another unique column, whatever the filters.
  const SelectPlan& row(const EntityMetadata& entity, const std::vector<std::uint16_t>& columns);

  // Of `owners` entities; the keys of these are the first values.
  /// Their rows with what they refer to.
  const SelectPlan& owners(const PopulateNode& node, std::size_t owners);
  /// What they refer to; `targets` of them.
  const SelectPlan& referenced(const PopulateNode& node, std::size_t targets);
  /// Then filters, the node's condition and order, and its limit.
  const SelectPlan& items(const PopulateNode& node, std::size_t owners);
  /// Then filters and the node's condition.
  const SelectPlan& count_items(const PopulateNode& node);

  /// The filters that narrow finds of the class.
  [[nodiscard]] std::vector<const Filter*> filters(const EntityMetadata& entity) const;
  /// Decides which relations are joined: those to one entity, and collections that ask for it where
  /// the rows of an owner may be repeated (`repeats`) and no filter narrows their items.
  void settle_joins(std::vector<PopulateNode>& nodes, bool repeats) const;
  /// So many items of each owner are wanted.
  [[nodiscard]] static bool is_limited(const PopulateNode& node);
  /// … and the database reads each owner's by themselves: the keys are one array, and the limit is
  /// a LIMIT. Otherwise rows are numbered: the first and the last number are the values.
  [[nodiscard]] bool is_lateral(const PopulateNode& node) const;

 private:
  template <class Build>
  const SelectPlan& plan(std::string key, bool keep, const Build& build);
  [[nodiscard]] SelectBuilder builder_for(const EntityMetadata& entity) const;
  void add_conditions(SelectBuilder& builder, const EntityMetadata& entity,
                      const FindOptions& options) const;
  void add_filters(SelectBuilder& builder, const EntityMetadata& entity) const;
  static void add_key(SelectBuilder& builder, const EntityMetadata& entity,
                      const std::vector<std::uint16_t>& columns, std::size_t rows);
  [[nodiscard]] static std::vector<std::string> join_items(SelectBuilder& builder,
                                                           const PopulateNode& node);
  /// The FROM of the keys, when they are joined laterally.
  std::string choose_items(SelectBuilder& builder, const PopulateNode& node,
                           const std::vector<std::string>& owner_columns, std::size_t owners,
                           bool lateral) const;
  void build_items(const PopulateNode& node, std::size_t owners, SelectPlan& made) const;
  void number_items(SelectBuilder& builder, const PopulateNode& node,
                    const std::vector<std::string>& owner_columns, std::string keys,
                    SelectPlan& made) const;
  void append_filters(const EntityMetadata& entity, std::string& key) const;

  Session& session_;
  const FilterChoice& choice_;
  std::vector<std::unique_ptr<SelectPlan>> spares_;
};

}  // namespace roost::orm::detail
