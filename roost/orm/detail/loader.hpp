// Runs finds and fills relations: to one entity joined, to many by one SELECT a path and level, all
// SELECTs of a level in one round trip.
#pragma once

#include <roost/async/task.hpp>
#include <roost/orm/detail/plan_maker.hpp>
#include <roost/orm/detail/select_builder.hpp>
#include <roost/orm/detail/session.hpp>
#include <roost/orm/entity_stream.hpp>

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace roost::orm::detail {

/// Used for one operation.
class Loader {
 public:
  explicit Loader(Session& session);
  Loader(const Loader&) = delete;
  Loader& operator=(const Loader&) = delete;
  ~Loader();

  /// Of a class whose rows are read with rows of other tables: locks those of the first table, and
  /// then finds them.
  Task<std::vector<void*>> find_locked(const EntityMetadata& entity, const FindOptions& options,
                                       std::uint64_t* total);
  /// `total`: null, or where the number of all rows goes.
  Task<std::vector<void*>> find(const EntityMetadata& entity, const FindOptions& options,
                                std::uint64_t* total);
  Task<CursorRows> find_by_cursor(const EntityMetadata& entity, FindOptions options);
  Task<RawStream> stream(const EntityMetadata& entity, FindOptions options);
  Task<std::uint64_t> count(const EntityMetadata& entity, const FindOptions& options);
  /// Decides what populating joins.
  void settle(std::vector<PopulateNode>& tree) const;
  Task<void> populate(std::vector<Record*> roots, const std::vector<PopulateNode>& tree,
                      bool again);
  /// One relation of several entities.
  struct Branch {
    const RelationMetadata* relation;
    std::vector<Record*> owners;
  };
  /// Loads all of them in one round trip, as far as they are not loaded.
  Task<void> load_branches(std::vector<Branch> branches);
  /// Items of one collection, as the database has them.
  Task<std::vector<void*>> matching(Record& owner, const PopulateNode& node);
  Task<std::uint64_t> count_matching(Record& owner, const PopulateNode& node);
  /// Reads one entity by its key; `missing` says when there is no such row.
  Task<void> load(Record& record);

 private:
  struct Query;
  struct Waiting {
    const PopulateNode* node;
    std::vector<Record*> parents;
    bool reread = false;  // their rows, since it is not known what they refer to
  };

  void select_roots(Query& query, const EntityMetadata& entity, const FindOptions& options,
                    const std::vector<PopulateNode>& tree);
  [[nodiscard]] std::unique_ptr<Query> query_for(const Waiting& waiting);
  using Queries = std::vector<std::unique_ptr<Query>>;
  /// The collections of a row that is looked for by its key: they can be asked for along with it.
  [[nodiscard]] Queries ask_ahead(const EntityMetadata& entity, const FindOptions& options,
                                  const std::vector<PopulateNode>& tree);
  [[nodiscard]] static std::vector<Record*> unread_targets(const std::vector<Record*>& parents,
                                                           const RelationMetadata& relation);
  // The values of a plan, in its order.
  static void bind_keys(Query& query, const std::vector<Record*>& records,
                        const std::vector<std::uint16_t>& columns, bool as_array);
  void bind_filters(Query& query, const EntityMetadata& entity) const;
  void bind_conditions(Query& query, const EntityMetadata& entity,
                       const FindOptions& options) const;
  void bind_items(Query& query, bool lateral) const;
  static void bind_limit(Query& query, std::uint64_t limit, std::uint64_t offset);
  void take_rows(Query& query, const db::Result& result, bool read_only, bool refresh);
  const Record* owner_of(const Query& query, const db::Result& result, std::size_t row);
  void take_relation(Query& query, const db::Result& result);
  void take_to_one(Query& query);
  void link_one(Record& parent, const RelationMetadata& relation, Record* target);
  void fill_collection(Record& parent, const RelationMetadata& relation,
                       std::span<Record* const> rows, bool part);
  void descend_to_many(const PopulateNode& child, const std::vector<Record*>& parents, bool joined);
  void descend_to_one(const PopulateNode& child, const std::vector<Record*>& parents, bool joined);
  void descend(const std::vector<PopulateNode>& children, const std::vector<Record*>& records,
               bool joined);
  Task<void> load_waiting(bool read_only);
  // remembered.cpp
  /// Says whether results may come from those that the data source remembers.
  void use_cache(const FindOptions& options);
  // The same as the executor's, by way of that memory.
  Task<db::Result> ask(db::Statement statement, std::span<const db::ValueView> values);
  Task<std::vector<db::Result>> ask_all(const db::Batch& batch);

  Session& session_;
  std::vector<Waiting> waiting_;
  std::vector<std::string> order_values_;  // of find_by_cursor: one cursor a row
  FilterChoice filters_;
  PlanMaker plans_;
  bool reload_ = false;
  const FindOptions* cached_ = nullptr;  // what is asked may be remembered
};

}  // namespace roost::orm::detail
