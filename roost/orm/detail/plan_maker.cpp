// Keys of plans, and how plans are made. What a key leaves out must not change the text.
#include <roost/orm/detail/plan_maker.hpp>
#include <roost/orm/detail/plans.hpp>

#include <algorithm>
#include <span>
#include <utility>

namespace roost::orm::detail {

namespace {

void append_number(std::uint64_t number, std::string& key) {
  key.append(reinterpret_cast<const char*>(&number), sizeof number);
}

void append_address(const void* address, std::string& key) {
  append_number(reinterpret_cast<std::uintptr_t>(address), key);
}

void append_paths(const std::vector<const db::Path*>& paths, std::string& key) {
  append_number(paths.size(), key);
  for (const db::Path* path : paths) append_address(path, key);
}

void append_order(const std::vector<db::OrderTerm>& terms, std::string& key) {
  append_number(terms.size(), key);
  for (const db::OrderTerm& term : terms) term.as_expression().append_shape(key);
}

/// The nodes that are joined, and what the columns of their owners depend on.
void append_tree(const std::vector<PopulateNode>& nodes, std::string& key) {
  append_number(nodes.size(), key);
  for (const PopulateNode& node : nodes) {
    append_address(node.relation, key);
    key += node.joined ? 'j' : '-';
    if (!node.joined) continue;
    if (node.options != nullptr) append_paths(node.options->fields, key);
    append_tree(node.children, key);
  }
}

std::string key_of_find(char kind, const EntityMetadata& entity, const FindOptions& options) {
  std::string key(1, kind);
  key.reserve(256);
  append_number(entity.index, key);
  key += options.with_deleted ? 'd' : '-';
  key += options.key.empty() ? '-' : 'k';
  options.where.append_shape(key);
  return key;
}

std::string key_of_node(char kind, const PopulateNode& node, std::size_t rows) {
  std::string key(1, kind);
  key.reserve(256);
  append_address(node.relation, key);
  append_number(rows, key);
  append_tree(node.children, key);
  if (node.options == nullptr) return key;
  const RelationOptions& options = *node.options;
  append_paths(options.fields, key);
  append_order(options.order_by, key);
  key += options.limit != RelationOptions::no_limit ? 'l' : '-';
  key += options.offset != 0 ? 'o' : '-';
  options.where.append_shape(key);
  return key;
}

std::vector<const ColumnMetadata*> columns_of(const EntityMetadata& entity,
                                              const std::vector<std::uint16_t>& indexes) {
  std::vector<const ColumnMetadata*> columns;
  for (const std::uint16_t index : indexes) columns.push_back(&entity.columns[index]);
  return columns;
}

/// Keys of one part are one value or one array; of others each number of rows is another text.
std::size_t text_rows(const std::vector<std::uint16_t>& key, std::size_t rows) {
  return key.size() == 1 ? std::min<std::size_t>(rows, 2) : rows;
}

constexpr std::size_t most_rows_kept = 16;

void finish(SelectBuilder& builder, SelectPlan& made) {
  made.text = builder.select();
  made.types = builder.types();
  made.nodes = builder.nodes();
}

}  // namespace

template <class Build>
const SelectPlan& PlanMaker::plan(std::string key, bool keep, const Build& build) {
  PlanCache& cache = session_.source().plans().cache();
  if (!session_.schema().empty()) {
    key += '@';
    key += session_.schema();
  }
  if (keep) {
    if (const SelectPlan* known = cache.find(key)) return *known;
  }
  auto made = std::make_unique<SelectPlan>();
  build(*made);
  made->key = std::move(key);
  made->hash = db::hash_of(made->text, made->types);
  if (!keep) return *spares_.emplace_back(std::move(made));
  std::unique_ptr<SelectPlan> spare;
  const SelectPlan* kept = cache.keep(std::move(made), spare);
  if (spare != nullptr) spares_.push_back(std::move(spare));
  return *kept;
}

SelectBuilder PlanMaker::builder_for(const EntityMetadata& entity) const {
  return SelectBuilder{session_.source().database().dialect(), session_.metadata(), entity,
                       session_.schema()};
}

/// Filters narrow what is found and what collections hold; what one entity refers to stays visible.
std::vector<const Filter*> PlanMaker::filters(const EntityMetadata& entity) const {
  return session_.filters_of(entity, choice_);
}

void PlanMaker::settle_joins(std::vector<PopulateNode>& nodes, bool repeats) const {
  for (PopulateNode& node : nodes) {
    const bool many = node.relation->to_many();
    const RelationOptions* options = node.options.get();
    const LoadStrategy strategy = options == nullptr ? LoadStrategy::by_kind : options->strategy;
    node.joined = many ? repeats && strategy == LoadStrategy::joined && !node.is_part() &&
                             options->order_by.empty() && filters(*node.relation->target).empty()
                  : node.relation->is_choice() ? strategy == LoadStrategy::joined
                                               : strategy != LoadStrategy::select_in;
    // In the statement of a collection its owners may be repeated, unless a part of it is chosen.
    settle_joins(node.children, node.joined ? repeats : !node.is_part());
  }
}

void PlanMaker::append_filters(const EntityMetadata& entity, std::string& key) const {
  const bool chosen = !choice_.with.empty() || !choice_.without.empty();
  if (session_.filters().empty() && !chosen) return;
  for (const Filter* filter : filters(entity)) filter->condition.append_shape(key);
}

void PlanMaker::add_filters(SelectBuilder& builder, const EntityMetadata& entity) const {
  if (session_.filters().empty()) return;
  for (const Filter* filter : filters(entity)) builder.set_condition(filter->condition);
}

void PlanMaker::add_key(SelectBuilder& builder, const EntityMetadata& entity,
                        const std::vector<std::uint16_t>& columns, std::size_t rows) {
  std::vector<std::string> names;
  const std::vector<const ColumnMetadata*> types = columns_of(entity, columns);
  for (const ColumnMetadata* column : types) names.push_back(builder.column_of(0, column->name));
  builder.add_key_condition(names, types, rows);
}

void PlanMaker::add_conditions(SelectBuilder& builder, const EntityMetadata& entity,
                               const FindOptions& options) const {
  if (entity.soft_delete_column != EntityMetadata::none && !options.with_deleted) {
    builder.hide_deleted();
  }
  builder.narrow_class();
  if (!options.key.empty()) add_key(builder, entity, entity.primary_key, 1);
  add_filters(builder, entity);
  builder.set_condition(options.where);
}

const SelectPlan& PlanMaker::roots(const EntityMetadata& entity, const FindOptions& options,
                                   const std::vector<PopulateNode>& tree) {
  std::string key = key_of_find('f', entity, options);
  append_order(options.order_by, key);
  append_paths(options.fields, key);
  append_tree(tree, key);
  append_number(static_cast<std::uint64_t>(options.lock), key);
  key += options.with_order_values ? 'v' : '-';
  key += options.limit != FindOptions::no_limit ? 'l' : '-';
  key += options.offset != 0 ? 'o' : '-';
  append_filters(entity, key);
  return plan(std::move(key), true, [&](SelectPlan& made) {
    SelectBuilder builder = builder_for(entity);
    builder.set_columns(column_mask(session_.metadata(), entity, options.fields, tree, nullptr));
    builder.join_populated(tree);
    add_conditions(builder, entity, options);
    if (options.with_order_values) {
      for (const db::OrderTerm& term : options.order_by) {
        builder.add_leading_column(term.expression());
      }
    }
    for (const db::OrderTerm& term : options.order_by) builder.add_order(term);
    made.repeats = builder.add_joined_order();
    builder.set_limit(options.limit, options.offset);
    builder.set_lock(options.lock);
    finish(builder, made);
  });
}

const SelectPlan& PlanMaker::count(const EntityMetadata& entity, const FindOptions& options) {
  std::string key = key_of_find('c', entity, options);
  append_filters(entity, key);
  return plan(std::move(key), true, [&](SelectPlan& made) {
    SelectBuilder builder = builder_for(entity);
    add_conditions(builder, entity, options);
    made.text = builder.count();
    made.types = builder.types();
  });
}

const SelectPlan& PlanMaker::locked_keys(const EntityMetadata& entity, const FindOptions& options) {
  return plan({}, false, [&](SelectPlan& made) {
    SelectBuilder builder = builder_for(entity);
    add_conditions(builder, entity, options);
    for (const db::OrderTerm& term : options.order_by) builder.add_order(term);
    builder.set_limit(options.limit, options.offset);
    builder.set_lock(options.lock);
    made.text = builder.lock_first_table();
    made.types = builder.types();
  });
}

const SelectPlan& PlanMaker::row(const EntityMetadata& entity,
                                 const std::vector<std::uint16_t>& columns) {
  std::string key(1, 'r');
  append_number(entity.index, key);
  append_number(columns.front(), key);
  return plan(std::move(key), true, [&](SelectPlan& made) {
    SelectBuilder builder = builder_for(entity);
    add_key(builder, entity, columns, 1);
    finish(builder, made);
  });
}

const SelectPlan& PlanMaker::owners(const PopulateNode& node, std::size_t owners) {
  const EntityMetadata& entity = *node.relation->owner;
  const std::size_t rows = text_rows(entity.primary_key, owners);
  return plan(key_of_node('o', node, rows), rows <= most_rows_kept, [&](SelectPlan& made) {
    SelectBuilder builder = builder_for(entity);
    std::vector<PopulateNode> tree{node};
    tree.front().joined = true;
    builder.join_populated(tree);
    add_key(builder, entity, entity.primary_key, owners);
    made.repeats = builder.add_joined_order();
    finish(builder, made);
  });
}

const SelectPlan& PlanMaker::referenced(const PopulateNode& node, std::size_t targets) {
  const EntityMetadata& entity = *node.relation->target;
  const std::vector<std::uint16_t>& columns = node.relation->target_columns;
  const std::size_t rows = text_rows(columns, targets);
  return plan(key_of_node('t', node, rows), rows <= most_rows_kept, [&](SelectPlan& made) {
    SelectBuilder builder = builder_for(entity);
    if (node.options != nullptr) {
      builder.set_columns(
          column_mask(session_.metadata(), entity, node.options->fields, node.children, nullptr));
    }
    builder.join_populated(node.children);
    add_key(builder, entity, columns, targets);
    made.repeats = builder.add_joined_order();
    finish(builder, made);
  });
}

bool PlanMaker::is_limited(const PopulateNode& node) {
  return node.options != nullptr &&
         (node.options->limit != RelationOptions::no_limit || node.options->offset != 0);
}

bool PlanMaker::is_lateral(const PopulateNode& node) const {
  return is_limited(node) && node.relation->owner_columns().size() == 1 &&
         session_.source().database().dialect().kind() == db::DialectKind::postgresql;
}

/// The columns that refer to the owner, in the items or in the table of pairs, which is joined.
std::vector<std::string> PlanMaker::join_items(SelectBuilder& builder, const PopulateNode& node) {
  const RelationMetadata& relation = *node.relation;
  if (relation.kind == RelationKind::many_to_many) return builder.join_pivot(relation);
  std::vector<std::string> columns;
  for (const std::uint16_t index : relation.other_side->columns) {
    columns.push_back(builder.column_of(0, relation.target->columns[index].name));
  }
  const RelationMetadata& back = *relation.other_side;
  if (back.is_choice()) builder.add_condition(builder.choice_condition(0, back));
  return columns;
}

/// Which rows the collections of the owners hold.
std::string PlanMaker::choose_items(SelectBuilder& builder, const PopulateNode& node,
                                    const std::vector<std::string>& owner_columns,
                                    std::size_t owners, bool lateral) const {
  const RelationMetadata& relation = *node.relation;
  const std::vector<const ColumnMetadata*> types =
      columns_of(*relation.owner, relation.owner_columns());
  std::string keys;
  if (lateral) {
    keys = "unnest(";
    builder.append_typed_placeholder(types.front()->value_type, true, keys);
    keys += ") k(k)";
    builder.add_condition(owner_columns.front() + " = k.k");
  } else {
    builder.add_key_condition(owner_columns, types, owners);
  }
  if (!relation.to_many()) return keys;
  if (relation.target->soft_delete_column != EntityMetadata::none) builder.hide_deleted();
  add_filters(builder, *relation.target);
  if (node.options != nullptr) builder.set_condition(node.options->where);
  return keys;
}

const SelectPlan& PlanMaker::items(const PopulateNode& node, std::size_t owners) {
  const std::size_t rows = is_lateral(node) ? 0 : text_rows(node.relation->owner_columns(), owners);
  std::string key = key_of_node('i', node, rows);
  append_filters(*node.relation->target, key);
  return plan(std::move(key), rows <= most_rows_kept,
              [&](SelectPlan& made) { build_items(node, owners, made); });
}

/// One to many, many to many, and the side of one to one that does not hold the column.
void PlanMaker::build_items(const PopulateNode& node, std::size_t owners, SelectPlan& made) const {
  const RelationMetadata& relation = *node.relation;
  const RelationOptions* options = node.options.get();
  const bool pairs = relation.kind == RelationKind::many_to_many;
  SelectBuilder builder = builder_for(*relation.target);
  if (options != nullptr) {
    builder.set_columns(column_mask(session_.metadata(), *relation.target, options->fields,
                                    node.children, pairs ? nullptr : relation.other_side));
  }
  builder.join_populated(node.children);
  const std::vector<std::string> owner_columns = join_items(builder, node);
  if (pairs) {
    for (const std::string& column : owner_columns) builder.add_leading_column(column);
    made.owner_columns = owner_columns.size();
  }
  std::string keys = choose_items(builder, node, owner_columns, owners, is_lateral(node));
  if (options != nullptr && !options->order_by.empty()) {
    for (const db::OrderTerm& term : options->order_by) builder.add_order(term);
    builder.add_key_order();
  } else if (relation.to_many()) {
    builder.add_collection_order(relation, 0);
  }
  if (is_limited(node)) return number_items(builder, node, owner_columns, std::move(keys), made);
  made.repeats = builder.add_joined_order();
  finish(builder, made);
}

/// So many items of each owner: on PostgreSQL each owner's rows are read only as far as they are
/// wanted; elsewhere all of them are numbered.
void PlanMaker::number_items(SelectBuilder& builder, const PopulateNode& node,
                             const std::vector<std::string>& owner_columns, std::string keys,
                             SelectPlan& made) const {
  const RelationOptions& options = *node.options;
  static constexpr std::string_view number = "roost_row";
  if (!keys.empty()) {
    builder.number_rows({}, number);
    builder.set_limit(options.limit, options.offset);
    finish(builder, made);
    made.text = "select q.* from " + keys + " cross join lateral (" + made.text +
                ") q order by q.roost_row";
    return;
  }
  builder.number_rows(owner_columns, number);
  finish(builder, made);
  made.text = "select * from (" + made.text + ") q where q.roost_row > ";
  builder.append_typed_placeholder(db::ValueType::int64, false, made.text);
  if (options.limit != RelationOptions::no_limit) {
    made.text += " and q.roost_row <= ";
    builder.append_typed_placeholder(db::ValueType::int64, false, made.text);
  }
  made.text += " order by q.roost_row";
  made.types = builder.types();
}

const SelectPlan& PlanMaker::count_items(const PopulateNode& node) {
  std::string key = key_of_node('n', node, 1);
  append_filters(*node.relation->target, key);
  return plan(std::move(key), true, [&](SelectPlan& made) {
    SelectBuilder builder = builder_for(*node.relation->target);
    const std::vector<std::string> owner_columns = join_items(builder, node);
    static_cast<void>(choose_items(builder, node, owner_columns, 1, false));
    made.text = builder.count();
    made.types = builder.types();
  });
}

}  // namespace roost::orm::detail
