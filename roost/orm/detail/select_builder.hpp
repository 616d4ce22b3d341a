// The text of SELECTs over entities: which tables are joined, which columns come where.
#pragma once

#include <roost/orm/find_options.hpp>
#include <roost/orm/metadata.hpp>
#include <roost/sql/dialect.hpp>
#include <roost/sql/render.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace roost::orm::detail {

/// Relations to be loaded, as a tree.
struct PopulateNode {
  const RelationMetadata* relation = nullptr;
  std::vector<PopulateNode> children;
  Shared<const RelationOptions> options;  // null: none
  bool joined = false;                    // read by the statement that reads the owners

  [[nodiscard]] bool is_part() const { return options != nullptr && options->is_part(); }
};

/// The children of the root; throws UsageError for a path that is no chain of relations of entities
/// of `metadata`.
[[nodiscard]] std::vector<PopulateNode> populate_tree(const Metadata& metadata,
                                                      const EntityMetadata& root,
                                                      std::span<const PopulatePath> paths);

/// One bit for each column that is read: those of the members, and what the relations below need.
/// `back`: the items' reference to their owners, or null.
[[nodiscard]] std::uint64_t column_mask(const Metadata& metadata, const EntityMetadata& entity,
                                        std::span<const db::Path* const> fields,
                                        const std::vector<PopulateNode>& children,
                                        const RelationMetadata* back);

/// An entity in the FROM clause.
struct SelectNode {
  const EntityMetadata* entity = nullptr;
  const RelationMetadata* relation = nullptr;  // how the parent refers to it; of the root: null
  bool populated = false;                      // otherwise joined for a condition only
  std::size_t parent = 0;
  std::string alias;
  std::size_t first_column = 0;  // in the result, if populated or the root
  std::uint64_t columns = 0;     // one bit for each that is read
};

class SelectBuilder final : public db::PathResolver {
 public:
  /// `schema` is that which the manager chose. Aliases begin with `prefix`: "e0", "e1", …
  SelectBuilder(const db::Dialect& dialect, const Metadata& metadata, const EntityMetadata& root,
                std::string_view schema, std::string_view prefix = "e");

  /// Joins what refers to one entity, through any depth.
  void join_populated(const std::vector<PopulateNode>& children, std::size_t parent = 0);
  void set_condition(const Expression& condition);
  /// A condition that is SQL text of this program.
  void add_condition(std::string_view text);
  /// `column in (the keys)`, bound as one array: for one column, or a list of tuples.
  void add_key_condition(std::span<const std::string> columns,
                         std::span<const ColumnMetadata* const> types, std::size_t tuples);
  void add_order(const db::OrderTerm& term);
  void add_order(const ColumnMetadata& column, bool descending, std::size_t node = 0);
  void add_key_order(std::size_t node = 0);
  /// Rows of one owner stand together, in the order of the collections that are joined; does
  /// nothing when none is. Says whether one is.
  bool add_joined_order();
  /// The order in which the collection that the node holds is kept.
  void add_collection_order(const RelationMetadata& relation, std::size_t node);
  /// Reads these columns of the root only.
  void set_columns(std::uint64_t columns) { nodes_.front().columns = columns; }
  /// Numbers the rows in their order within `partition` (columns; may be empty), behind the leading
  /// columns, and calls the number `name`.
  void number_rows(std::span<const std::string> partition, std::string_view name);
  void set_limit(std::uint64_t limit, std::uint64_t offset);
  void set_lock(LockMode mode) { lock_ = mode; }
  /// Leaves out rows that are deleted softly.
  void hide_deleted();
  /// Leaves out rows of other classes in the table of the root.
  void narrow_class();
  /// The value of an expression without bound values, in front of the columns of the root.
  void add_leading_column(const Expression& expression);
  /// Another column in front of those of the root.
  void add_leading_column(std::string sql) { leading_.push_back(std::move(sql)); }
  /// Joins the table of pairs to the root, which is the relation's target; returns its columns that
  /// refer to the owner.
  [[nodiscard]] std::vector<std::string> join_pivot(const RelationMetadata& relation);

  /// The whole statement; call it once.
  [[nodiscard]] std::string select();
  [[nodiscard]] std::string count();
  /// The keys of the rows, which are locked in the table of the first class: of a class that others
  /// extend in tables of their own, which need not have a row, so that these cannot be locked.
  [[nodiscard]] std::string lock_first_table();

  [[nodiscard]] const std::vector<SelectNode>& nodes() const { return nodes_; }
  [[nodiscard]] const std::vector<db::ValueType>& types() const { return types_; }
  [[nodiscard]] const std::string& alias() const { return nodes_.front().alias; }
  [[nodiscard]] std::size_t leading_columns() const { return leading_.size(); }
  [[nodiscard]] std::string column_of(std::size_t node, std::string_view column) const;
  /// What is read of the column: itself, or the SQL that is said about it.
  [[nodiscard]] std::string value_of(std::size_t node, const ColumnMetadata& column) const;
  /// That an AnyRef of the node refers to the class of the choice.
  [[nodiscard]] std::string choice_condition(std::size_t node,
                                             const RelationMetadata& choice) const;

  void append_path(const db::Path& path, std::string& out) override;
  void append_quantified(db::Quantifier kind, const db::Path& path, db::ExpressionCursor* inner,
                         db::Renderer& renderer) override;
  [[nodiscard]] db::ValueType value_type(const db::Path& path) const override;
  /// The collection through which the path leads, or null.
  [[nodiscard]] static const RelationMetadata* collection_on(const EntityMetadata& entity,
                                                             const db::Path& path);
  [[nodiscard]] bool may_be_null(const db::Path& path) const override;

  /// The columns of an entity that a SELECT reads, in order.
  [[nodiscard]] static std::vector<const ColumnMetadata*> selected(const EntityMetadata& entity,
                                                                   std::uint64_t columns);
  [[nodiscard]] static std::vector<const ColumnMetadata*> selected(const EntityMetadata& entity) {
    return selected(entity, entity.read_columns);
  }
  /// The value that the database fills with a key, typed: `$1::bigint`.
  void append_typed_placeholder(db::ValueType type, bool array, std::string& out);

 private:
  struct Place {
    std::size_t node = 0;
    const ColumnMetadata* column = nullptr;
    std::span<const db::PathStep> json;        // members inside a JSON column
    const RelationMetadata* choice = nullptr;  // not a value: does the AnyRef refer to this class?
  };

  [[nodiscard]] Place place_of(const db::Path& path);
  /// The columns of an AnyRef; false where the path leads on through it.
  [[nodiscard]] bool place_choice(const EntityMetadata& entity, const RelationMetadata& relation,
                                  const db::PathStep* next, Place& place) const;
  /// The relation by which the path goes on; throws UsageError where an AnyRef does not say it.
  [[nodiscard]] static const RelationMetadata* choice_at(const EntityMetadata& entity,
                                                         const db::Path& path,
                                                         std::size_t position);
  /// The smallest value of what the path reaches through a collection: one for each owner.
  void append_smallest(const db::Path& path, std::string& out);
  [[nodiscard]] std::size_t join(std::size_t parent, const RelationMetadata& relation);
  [[nodiscard]] std::string partner_key(std::size_t node, const RelationMetadata& relation) const;
  void append_from(std::string& out) const;
  void append_join(std::size_t node, std::string& out) const;
  void append_pivot_join(const RelationMetadata& relation, std::size_t node,
                         std::string& out) const;
  void append_pivot_kind(const RelationMetadata& relation, std::string_view alias,
                         std::string& out) const;
  void append_where(std::string& out) const;
  void append_lock(std::string_view table, std::string& out) const;
  void and_where(std::string_view text);
  void append_table(const EntityMetadata& entity, std::string& out) const;
  /// The same for reading: of a family in joined tables these together, as if they were one.
  void append_source(const EntityMetadata& entity, std::string& out) const;
  void append_quantified_source(const RelationMetadata& relation, std::size_t node,
                                SelectBuilder& inner) const;

  const db::Dialect& dialect_;
  const Metadata& metadata_;
  std::string schema_;
  std::string prefix_;
  std::vector<SelectNode> nodes_;
  std::vector<db::ValueType> types_;
  std::vector<db::ValueType>* shared_types_ = &types_;
  std::vector<std::string> leading_;
  std::string root_joins_;
  std::size_t pivot_node_ = 0;  // of the entity that is joined there, whose rows are the pairs
  std::string where_;
  std::string order_;
  std::string tail_;
  LockMode lock_ = LockMode::none;
  bool ordering_ = false;  // paths lead through collections as well
};

}  // namespace roost::orm::detail
