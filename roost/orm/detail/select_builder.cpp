// From conditions over members to joins, columns and text.
#include <roost/orm/detail/select_builder.hpp>
#include <roost/orm/detail/table_names.hpp>
#include <roost/orm/errors.hpp>

#include <algorithm>

namespace roost::orm::detail {

using db::DialectKind;
using db::Path;
using db::PathStep;

namespace {

[[noreturn]] void refuse(const EntityMetadata& entity, const Path& path, const std::string& why) {
  std::string text{entity.name};
  for (const PathStep& step : path.steps()) text += "::" + std::string{step.member};
  throw UsageError(text + ": " + why);
}

bool needs_join(const RelationMetadata& relation, const PathStep* next) {
  if (!relation.owning || relation.is_choice()) return true;
  if (next == nullptr) return false;
  // The only part of the target's key, or what it refers to instead, is here already.
  const auto& key = relation.target_columns;
  return key.size() != 1 || relation.target->columns[key.front()].members.front() != next->member ||
         relation.target->columns[key.front()].access != ColumnAccess::plain;
}

}  // namespace

namespace {

/// Puts one path into a tree.
class PathPlanter {
 public:
  PathPlanter(const Metadata& metadata, const EntityMetadata& root, const PopulatePath& path)
      : metadata_{metadata}, root_{root}, path_{path}, steps_{path.path->steps()} {}

  /// The steps from `position` on, of which the first is a relation of `entity`.
  void plant(std::vector<PopulateNode>& children, const EntityMetadata& entity,
             std::size_t position) const {
    const PathStep& step = steps_[position];
    const RelationMetadata* relation = entity.find_relation(step.member);
    const EntityMetadata* owner = metadata_.find(step.owner());
    if (relation == nullptr || owner == nullptr || !entity.is_kind_of(*owner)) {
      refuse(root_, *path_.path,
             "populate needs relations, and " + std::string{step.member} + " of " +
                 std::string{entity.name} + " is none");
    }
    if (!relation->is_any()) return put(children, *relation, position, true);
    for (const RelationMetadata& choice : relation->choices) {
      put(children, choice, position, leads_on(choice, position));
    }
  }

 private:
  /// Does what follows in the path belong to this of the classes?
  [[nodiscard]] bool leads_on(const RelationMetadata& choice, std::size_t position) const {
    if (position + 1 == steps_.size()) return false;
    const EntityMetadata* owner = metadata_.find(steps_[position + 1].owner());
    return owner != nullptr && choice.target->is_kind_of(*owner);
  }

  void put(std::vector<PopulateNode>& children, const RelationMetadata& relation,
           std::size_t position, bool goes_on) const {
    auto found = std::find_if(children.begin(), children.end(),
                              [&](const PopulateNode& node) { return node.relation == &relation; });
    if (found == children.end()) {
      PopulateNode node;
      node.relation = &relation;
      children.push_back(std::move(node));
      found = children.end() - 1;
    }
    const bool last = position + 1 == steps_.size();
    if (last && path_.options != nullptr) {
      if (path_.options->is_part() && !relation.to_many()) {
        refuse(root_, *path_.path,
               "conditions, order and limits of populate choose the items of a collection");
      }
      found->options = path_.options;
    }
    if (!last && goes_on) plant(found->children, *relation.target, position + 1);
  }

  const Metadata& metadata_;
  const EntityMetadata& root_;
  const PopulatePath& path_;
  std::span<const PathStep> steps_;
};

}  // namespace

std::vector<PopulateNode> populate_tree(const Metadata& metadata, const EntityMetadata& root,
                                        std::span<const PopulatePath> paths) {
  std::vector<PopulateNode> tree;
  for (const PopulatePath& path : paths) PathPlanter{metadata, root, path}.plant(tree, root, 0);
  return tree;
}

std::uint64_t column_mask(const Metadata& metadata, const EntityMetadata& entity,
                          std::span<const Path* const> fields,
                          const std::vector<PopulateNode>& children, const RelationMetadata* back) {
  if (fields.empty()) return entity.read_columns;
  if (!entity.descendants.empty()) {
    throw UsageError("fields<…> cannot narrow what is read of " + std::string{entity.name} +
                     ", since rows of other classes are among it: find one of these");
  }
  std::uint64_t mask = 0;
  const auto take = [&](const ColumnMetadata& column) { mask |= std::uint64_t{1} << column.index; };
  for (const Path* path : fields) {
    const PathStep& step = path->steps().front();
    if (metadata.find(step.owner()) != &entity) {
      refuse(entity, *path, "fields<…> names members of " + std::string{entity.name});
    }
    const RelationMetadata* relation = entity.find_relation(step.member);
    bool known = relation != nullptr && !(relation->owning && !relation->to_many());
    for (const ColumnMetadata& column : entity.columns) {
      if (column.members.front() != step.member) continue;
      take(column);
      known = true;
    }
    if (!known) refuse(entity, *path, "fields<…> names members that are columns");
  }
  for (const std::uint16_t index : entity.primary_key) take(entity.columns[index]);
  for (const std::uint16_t index : entity.referred_columns) take(entity.columns[index]);
  for (const std::uint16_t index : entity.guards) take(entity.columns[index]);
  const auto take_reference = [&](const RelationMetadata& relation) {
    for (const std::uint16_t index : relation.columns) take(entity.columns[index]);
    if (relation.is_choice()) take(entity.columns[relation.choice_column]);
  };
  for (const PopulateNode& child : children) take_reference(*child.relation);
  if (back != nullptr) take_reference(*back);
  return mask;
}

SelectBuilder::SelectBuilder(const db::Dialect& dialect, const Metadata& metadata,
                             const EntityMetadata& root, std::string_view schema,
                             std::string_view prefix)
    : dialect_{dialect}, metadata_{metadata}, schema_{schema}, prefix_{prefix} {
  SelectNode node;
  node.entity = &root;
  node.alias = prefix_ + "0";
  node.columns = root.read_columns;
  nodes_.push_back(std::move(node));
}

std::vector<const ColumnMetadata*> SelectBuilder::selected(const EntityMetadata& entity,
                                                           std::uint64_t wanted) {
  std::vector<const ColumnMetadata*> columns;
  columns.reserve(entity.columns.size());
  for (const ColumnMetadata& column : entity.columns) {
    if (((wanted >> column.index) & 1U) != 0) columns.push_back(&column);
  }
  for (const EntityMetadata* descendant : entity.descendants) {
    for (std::size_t i = descendant->parent->columns.size(); i < descendant->columns.size(); ++i) {
      const ColumnMetadata& column = descendant->columns[i];
      const bool shared = std::any_of(columns.begin(), columns.end(), [&](const auto* other) {
        return other->name == column.name;
      });
      if (!column.lazy && !shared) columns.push_back(&column);
    }
  }
  return columns;
}

std::string SelectBuilder::column_of(std::size_t node, std::string_view column) const {
  std::string text = nodes_[node].alias + '.';
  dialect_.append_identifier(text, column);
  return text;
}

std::string SelectBuilder::value_of(std::size_t node, const ColumnMetadata& column) const {
  if (!column.formula.empty()) return '(' + column.formula + ')';
  std::string text;
  column.append_read(column_of(node, column.name), text);
  return text;
}

std::size_t SelectBuilder::join(std::size_t parent, const RelationMetadata& relation) {
  for (std::size_t i = 1; i < nodes_.size(); ++i) {
    if (nodes_[i].parent == parent && nodes_[i].relation == &relation) return i;
  }
  SelectNode node;
  node.entity = relation.target;
  node.relation = &relation;
  node.parent = parent;
  node.alias = prefix_ + std::to_string(nodes_.size());
  nodes_.push_back(std::move(node));
  return nodes_.size() - 1;
}

void SelectBuilder::join_populated(const std::vector<PopulateNode>& children, std::size_t parent) {
  for (const PopulateNode& child : children) {
    if (!child.joined) continue;
    const RelationMetadata& relation = *child.relation;
    const std::size_t node = join(parent, relation);
    nodes_[node].populated = true;
    const std::span<const db::Path* const> fields =
        child.options == nullptr ? std::span<const db::Path* const>{} : child.options->fields;
    const RelationMetadata* back = relation.kind == RelationKind::many_to_many || relation.owning
                                       ? nullptr
                                       : relation.other_side;
    nodes_[node].columns = column_mask(metadata_, *relation.target, fields, child.children, back);
    join_populated(child.children, node);
  }
}

SelectBuilder::Place SelectBuilder::place_of(const Path& path) {
  Place place;
  const auto steps = path.steps();
  const EntityMetadata* entity = nodes_.front().entity;
  const EntityMetadata* about = metadata_.find(steps.front().owner());
  if (about != nullptr && pivot_node_ != 0 && about == nodes_[pivot_node_].entity &&
      about != entity) {
    place.node = pivot_node_;
    entity = about;
  } else if (about != nullptr && about != entity && about->is_kind_of(*entity)) {
    entity = about;  // what a descendant adds
  } else if (about == nullptr || !entity->is_kind_of(*about)) {
    refuse(*entity, path,
           "the condition is about " + std::string{steps.front().owner().name} +
               ", the query about " + std::string{entity->name});
  }
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const RelationMetadata* relation = entity->find_relation(steps[i].member);
    if (relation != nullptr) {
      if (relation->to_many()) {
        refuse(*entity, path,
               "a condition on the elements of a collection is said with "
               "some(…), none(…) or every(…)");
      }
      const PathStep* next = i + 1 < steps.size() ? &steps[i + 1] : nullptr;
      if (relation->is_any()) {
        if (place_choice(*entity, *relation, next, place)) return place;
        relation = choice_at(*entity, path, i);
      }
      if (!needs_join(*relation, next)) {
        place.column = &entity->columns[relation->columns.front()];
        if (relation->columns.size() != 1) {
          refuse(*entity, path, "the key has several parts: compare them one by one");
        }
        return place;
      }
      place.node = join(place.node, *relation);
      entity = relation->target;
      if (next == nullptr) place.column = &entity->columns[entity->primary_key.front()];
      continue;
    }
    std::vector<std::string_view> members;
    for (std::size_t k = i; k < steps.size(); ++k) {
      members.push_back(steps[k].member);
      const ColumnMetadata* column = entity->find_column(members);
      if (column == nullptr) continue;
      place.column = column;
      place.json = steps.subspan(k + 1);
      if (!place.json.empty() && column->access != ColumnAccess::json) break;
      return place;
    }
    refuse(*entity, path, std::string{steps[i].member} + " is no column");
  }
  return place;
}

const RelationMetadata* SelectBuilder::collection_on(const EntityMetadata& entity,
                                                     const Path& path) {
  const EntityMetadata* at = &entity;
  const auto steps = path.steps();
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const RelationMetadata* relation = at->find_relation(steps[i].member);
    if (relation == nullptr || relation->to_many()) return relation;
    if (relation->is_any() && i + 1 < steps.size()) {
      relation = relation->choice_with(steps[i + 1].owner());
    }
    if (relation == nullptr) return nullptr;
    at = relation->target;
    if (at == nullptr) return nullptr;
  }
  return nullptr;
}

bool SelectBuilder::place_choice(const EntityMetadata& entity, const RelationMetadata& relation,
                                 const PathStep* next, Place& place) const {
  if (next == nullptr) {
    place.column = &entity.columns[relation.columns.front()];  // NULL where it refers to nothing
    return true;
  }
  const bool tests = next->member == choice_test;
  if (!tests && next->member != choice_key) return false;
  place.column = &entity.columns[relation.columns.back()];
  const EntityMetadata* target = metadata_.find(next->owner());
  if (target == nullptr) {
    throw UsageError(std::string{entity.name} + "::" + std::string{relation.name} + " refers to " +
                     relation.target_names() + ", not to " + std::string{next->owner().name});
  }
  if (tests) place.choice = relation.choice_for(*target);
  return true;
}

const RelationMetadata* SelectBuilder::choice_at(const EntityMetadata& entity, const Path& path,
                                                 std::size_t position) {
  const RelationMetadata& relation = *entity.find_relation(path.first[position].member);
  if (!relation.is_any()) return &relation;
  const RelationMetadata* choice =
      position + 1 < path.count ? relation.choice_with(path.first[position + 1].owner()) : nullptr;
  if (choice == nullptr) {
    refuse(entity, path,
           std::string{relation.name} + " refers to " + relation.target_names() +
               ": name a member of one of these next, which only one of them has");
  }
  return choice;
}

std::string SelectBuilder::choice_condition(std::size_t node,
                                            const RelationMetadata& choice) const {
  const std::string& column = choice.owner->columns[choice.choice_column].name;
  std::string text = column_of(node, column) + " = ";
  append_literal(choice.choice_name, text);
  return text;
}

void SelectBuilder::append_smallest(const Path& path, std::string& out) {
  const EntityMetadata* entity = nodes_.front().entity;
  std::size_t node = 0;
  std::size_t step = 0;
  const RelationMetadata* relation = entity->find_relation(path.first->member);
  while (!relation->to_many()) {
    relation = choice_at(*entity, path, step);
    node = join(node, *relation);
    entity = relation->target;
    relation = entity->find_relation(path.first[++step].member);
  }
  const Path rest{path.first + step + 1, path.count - step - 1};
  if (rest.count == 0) {
    refuse(*entity, path, "a collection has no order: name a member of its items");
  }
  SelectBuilder nested{dialect_, metadata_, *relation->target, schema_, nodes_[node].alias + "o"};
  nested.shared_types_ = shared_types_;
  nested.ordering_ = true;
  append_quantified_source(*relation, node, nested);
  if (relation->target->soft_delete_column != EntityMetadata::none) nested.hide_deleted();
  nested.narrow_class();
  std::string value;
  nested.append_path(rest, value);
  nested.and_where(value + " is not null");
  // Not min(…), which PostgreSQL does not have of every type that it sorts.
  out += "(select " + value + " from ";
  nested.append_from(out);
  nested.append_where(out);
  out += " order by 1 limit 1)";
}

void SelectBuilder::append_path(const Path& path, std::string& out) {
  if (ordering_ && collection_on(*nodes_.front().entity, path) != nullptr) {
    return append_smallest(path, out);
  }
  const Place place = place_of(path);
  if (place.choice != nullptr) {
    out += '(' + choice_condition(place.node, *place.choice) + ')';
    return;
  }
  const std::string column = value_of(place.node, *place.column);
  if (place.json.empty() || !place.column->formula.empty()) {
    out += column;
    return;
  }
  std::vector<db::JsonKey> keys;
  for (const PathStep& step : place.json) keys.emplace_back(db::json_name_of(step));
  db::append_json_path(dialect_, column, keys, value_type(path), out);
}

db::ValueType SelectBuilder::value_type(const Path& path) const {
  const RelationMetadata* many = ordering_ ? collection_on(*nodes_.front().entity, path) : nullptr;
  if (many != nullptr) {
    std::size_t step = 0;
    while (path.first[step].member != many->name) ++step;
    SelectBuilder nested{dialect_, metadata_, *many->target, schema_};
    nested.ordering_ = true;
    return nested.value_type({path.first + step + 1, path.count - step - 1});
  }
  Place place = const_cast<SelectBuilder*>(this)->place_of(path);
  if (place.choice != nullptr) return db::ValueType::boolean;
  if (place.json.empty()) return place.column->value_type;
  return PathResolver::value_type(path);
}

bool SelectBuilder::may_be_null(const Path& path) const {
  if (ordering_ && collection_on(*nodes_.front().entity, path) != nullptr) return true;
  const Place place = const_cast<SelectBuilder*>(this)->place_of(path);
  return place.node != 0 || !place.json.empty() || place.column->nullable;
}

void SelectBuilder::append_table(const EntityMetadata& entity, std::string& out) const {
  detail::append_table(dialect_, entity, schema_, out);
}

void SelectBuilder::append_quantified_source(const RelationMetadata& relation, std::size_t node,
                                             SelectBuilder& inner) const {
  const EntityMetadata& owner = *nodes_[node].entity;
  if (relation.kind == RelationKind::one_to_many) {
    const RelationMetadata& back = *relation.other_side;
    for (std::size_t i = 0; i < back.columns.size(); ++i) {
      inner.add_condition(inner.column_of(0, relation.target->columns[back.columns[i]].name) +
                          " = " + column_of(node, owner.columns[back.target_columns[i]].name));
    }
    if (back.is_choice()) inner.add_condition(inner.choice_condition(0, back));
    return;
  }
  const std::vector<std::string> columns = inner.join_pivot(relation);
  for (std::size_t i = 0; i < owner.primary_key.size(); ++i) {
    inner.add_condition(columns[i] + " = " +
                        column_of(node, owner.columns[owner.primary_key[i]].name));
  }
}

std::vector<std::string> SelectBuilder::join_pivot(const RelationMetadata& relation) {
  const std::string pivot = alias() + "p";
  const auto qualified = [&](std::string_view column) {
    std::string text = pivot + '.';
    dialect_.append_identifier(text, column);
    return text;
  };
  root_joins_ += " join ";
  append_pivot(dialect_, relation, schema_, root_joins_);
  root_joins_ += ' ' + pivot + " on ";
  const EntityMetadata& target = *relation.target;
  for (std::size_t i = 0; i < target.primary_key.size(); ++i) {
    if (i > 0) root_joins_ += " and ";
    root_joins_ += qualified(relation.pivot_target_columns[i]) + " = " +
                   column_of(0, target.columns[target.primary_key[i]].name);
  }
  append_pivot_kind(relation, pivot, root_joins_);
  if (relation.pivot_entity != nullptr) {
    SelectNode node;
    node.entity = relation.pivot_entity;
    node.alias = pivot;
    nodes_.push_back(std::move(node));
    pivot_node_ = nodes_.size() - 1;
  }
  std::vector<std::string> owner;
  for (const std::string& column : relation.pivot_owner_columns) owner.push_back(qualified(column));
  return owner;
}

void SelectBuilder::append_quantified(db::Quantifier kind, const Path& path,
                                      db::ExpressionCursor* inner, db::Renderer& renderer) {
  const auto steps = path.steps();
  const EntityMetadata* entity = nodes_.front().entity;
  std::size_t node = 0;
  for (std::size_t i = 0; i + 1 < steps.size(); ++i) {
    const RelationMetadata* relation = entity->find_relation(steps[i].member);
    if (relation == nullptr || relation->to_many()) {
      refuse(*entity, path, std::string{steps[i].member} + " does not refer to one entity");
    }
    relation = choice_at(*entity, path, i);
    node = join(node, *relation);
    entity = relation->target;
  }
  const RelationMetadata* relation = entity->find_relation(steps.back().member);
  if (relation == nullptr || !relation->to_many()) {
    refuse(*entity, path, std::string{steps.back().member} + " is no collection");
  }
  SelectBuilder nested{dialect_, metadata_, *relation->target, schema_, nodes_[node].alias + "s"};
  nested.shared_types_ = shared_types_;
  append_quantified_source(*relation, node, nested);
  if (relation->target->soft_delete_column != EntityMetadata::none) nested.hide_deleted();
  nested.narrow_class();
  if (inner != nullptr) {
    std::string condition;
    db::Renderer inside{dialect_, nested, condition, *shared_types_};
    inside.append(*inner, nested);
    nested.and_where(kind == db::Quantifier::every ? "not (" + condition + ')'
                                                   : '(' + condition + ')');
  }
  std::string text =
      kind == db::Quantifier::some ? "exists (select 1 from " : "not exists (select 1 from ";
  nested.append_from(text);
  nested.append_where(text);
  text += ')';
  renderer.append_text(text);
}

void SelectBuilder::and_where(std::string_view text) {
  if (!where_.empty()) where_ += " and ";
  where_ += text;
}

void SelectBuilder::set_condition(const Expression& condition) {
  if (condition.empty()) return;
  std::string text;
  db::Renderer renderer{dialect_, *this, text, *shared_types_};
  renderer.append_operand(condition);
  and_where(text);
}

void SelectBuilder::add_condition(std::string_view text) { and_where(text); }

void SelectBuilder::hide_deleted() {
  const EntityMetadata& root = *nodes_.front().entity;
  and_where(column_of(0, root.columns[root.soft_delete_column].name) + " is null");
}

void SelectBuilder::narrow_class() {
  const EntityMetadata& root = *nodes_.front().entity;
  if (root.parent == nullptr) return;
  std::string text = column_of(0, root.columns[root.class_column].name);
  const auto append_name = [&text](std::string_view name) { append_literal(name, text); };
  if (root.descendants.empty()) {
    text += " = ";
    append_name(root.class_name);
    return and_where(text);
  }
  text += " in (";
  append_name(root.class_name);
  for (const EntityMetadata* descendant : root.descendants) {
    text += ", ";
    append_name(descendant->class_name);
  }
  and_where(text + ')');
}

void SelectBuilder::append_source(const EntityMetadata& entity, std::string& out) const {
  if (!entity.joined || (entity.parent == nullptr && entity.descendants.empty())) {
    return append_table(entity, out);
  }
  out += "(select t0.*";
  std::string from = " from ";
  append_table(*entity.root, from);
  from += " t0";
  std::size_t number = 0;
  const auto add = [&](const EntityMetadata& part, std::string_view kind) {
    const std::string alias = "t" + std::to_string(++number);
    for (std::size_t i = part.parent->columns.size(); i < part.columns.size(); ++i) {
      if (!part.columns[i].formula.empty()) continue;
      out += ", " + alias + '.';
      dialect_.append_identifier(out, part.columns[i].name);
    }
    from += kind;
    append_table(part, from);
    from += ' ' + alias + " on ";
    for (std::size_t i = 0; i < entity.primary_key.size(); ++i) {
      if (i > 0) from += " and ";
      from += alias + '.';
      dialect_.append_identifier(from, entity.columns[entity.primary_key[i]].name);
      from += " = t0.";
      dialect_.append_identifier(from, entity.columns[entity.primary_key[i]].name);
    }
  };
  std::vector<const EntityMetadata*> ancestors;
  for (const EntityMetadata* at = &entity; at->parent != nullptr; at = at->parent) {
    ancestors.push_back(at);
  }
  for (auto at = ancestors.rbegin(); at != ancestors.rend(); ++at) add(**at, " join ");
  for (const EntityMetadata* descendant : entity.descendants) add(*descendant, " left join ");
  out += from + ')';
}

void SelectBuilder::add_key_condition(std::span<const std::string> columns,
                                      std::span<const ColumnMetadata* const> types,
                                      std::size_t tuples) {
  std::string text;
  const bool postgresql = dialect_.kind() == DialectKind::postgresql;
  if (columns.size() == 1 && tuples == 1) {
    shared_types_->push_back(types.front()->value_type);
    text = columns.front() + " = ";
    std::string value;
    dialect_.append_placeholder(value, shared_types_->size());
    types.front()->append_written(value, text);
    return and_where(text);
  }
  if (columns.size() == 1) {
    if (postgresql) {
      text = columns.front() + " = any(";
      append_typed_placeholder(types.front()->value_type, true, text);
      text += ')';
    } else {
      text = columns.front() + " in (select value from json_each(";
      append_typed_placeholder(types.front()->value_type, true, text);
      text += "))";
    }
    return and_where(text);
  }
  text = "(";
  for (const std::string& column : columns) {
    if (text.size() > 1) text += ", ";
    text += column;
  }
  text += ") in (values ";
  for (std::size_t i = 0; i < tuples; ++i) {
    text += i == 0 ? "(" : ", (";
    for (std::size_t k = 0; k < columns.size(); ++k) {
      if (k > 0) text += ", ";
      std::string value;
      append_typed_placeholder(types[k]->value_type, false, value);
      types[k]->append_written(value, text);
    }
    text += ')';
  }
  text += ')';
  and_where(text);
}

void SelectBuilder::append_typed_placeholder(db::ValueType type, bool array, std::string& out) {
  shared_types_->push_back(array ? db::ValueType::array : type);
  dialect_.append_placeholder(out, shared_types_->size());
  if (dialect_.kind() != DialectKind::postgresql) return;
  out += "::";
  out += db::sql_type_name(dialect_, type);
  if (array) out += "[]";
}

void SelectBuilder::add_leading_column(const Expression& expression) {
  std::vector<db::ValueView> values;
  expression.append_values(values);
  if (!values.empty()) {
    throw UsageError("pages by cursor are sorted by columns, not by expressions with values");
  }
  std::string text;
  db::Renderer renderer{dialect_, *this, text, *shared_types_};
  renderer.append(expression);
  leading_.push_back(std::move(text));
}

void SelectBuilder::add_order(const db::OrderTerm& term) {
  order_ += order_.empty() ? " order by " : ", ";
  db::Renderer renderer{dialect_, *this, order_, *shared_types_};
  ordering_ = true;
  renderer.append(term);
  ordering_ = false;
}

void SelectBuilder::add_order(const ColumnMetadata& column, bool descending, std::size_t node) {
  order_ += order_.empty() ? " order by " : ", ";
  order_ += value_of(node, column);
  if (descending) order_ += " desc";
}

void SelectBuilder::add_key_order(std::size_t node) {
  const EntityMetadata& entity = *nodes_[node].entity;
  for (const std::uint16_t index : entity.primary_key) {
    add_order(entity.columns[index], false, node);
  }
}

void SelectBuilder::add_collection_order(const RelationMetadata& relation, std::size_t node) {
  if (!relation.sorted_by.empty()) {
    const std::string_view member[] = {relation.sorted_by};
    if (const ColumnMetadata* column = relation.target->find_column(member)) {
      add_order(*column, relation.sorted_descending, node);
    } else if (relation.pivot_entity != nullptr) {
      order_ += order_.empty() ? " order by " : ", ";
      order_ += nodes_[node].alias + "p.";
      dialect_.append_identifier(order_, relation.pivot_entity->find_column(member)->name);
      if (relation.sorted_descending) order_ += " desc";
    }
  }
  if (relation.keeps_order) {
    order_ += order_.empty() ? " order by " : ", ";
    order_ += nodes_[node].alias + "p.";
    dialect_.append_identifier(order_, relation.pivot_sequence);
  }
  add_key_order(node);
}

void SelectBuilder::number_rows(std::span<const std::string> partition, std::string_view name) {
  std::string text = "row_number() over (";
  for (std::size_t i = 0; i < partition.size(); ++i) {
    text += (i == 0 ? "partition by " : ", ") + partition[i];
  }
  text += order_;
  text += ") as ";
  text += name;
  leading_.push_back(std::move(text));
}

bool SelectBuilder::add_joined_order() {
  bool any = false;
  for (std::size_t i = 1; i < nodes_.size(); ++i) {
    if (nodes_[i].relation == nullptr || !nodes_[i].relation->to_many()) continue;
    if (!any) add_key_order();
    any = true;
    add_collection_order(*nodes_[i].relation, i);
  }
  return any;
}

void SelectBuilder::set_limit(std::uint64_t limit, std::uint64_t offset) {
  const auto bind = [this](std::string_view word) {
    tail_ += word;
    shared_types_->push_back(db::ValueType::int64);
    dialect_.append_placeholder(tail_, shared_types_->size());
  };
  if (limit != FindOptions::no_limit) {
    bind(" limit ");
  } else if (offset != 0 && dialect_.kind() == DialectKind::sqlite) {
    tail_ += " limit -1";
  }
  if (offset != 0) bind(" offset ");
}

void SelectBuilder::append_from(std::string& out) const {
  append_source(*nodes_.front().entity, out);
  out += ' ' + nodes_.front().alias + root_joins_;
  for (std::size_t i = 1; i < nodes_.size(); ++i) {
    if (nodes_[i].relation != nullptr) append_join(i, out);
  }
}

void SelectBuilder::append_join(std::size_t index, std::string& out) const {
  const SelectNode& node = nodes_[index];
  const RelationMetadata& relation = *node.relation;
  const EntityMetadata& parent = *nodes_[node.parent].entity;
  const bool pairs = relation.kind == RelationKind::many_to_many;
  if (pairs) append_pivot_join(relation, index, out);
  out += " left join ";
  append_source(*node.entity, out);
  out += ' ' + node.alias + " on ";
  if (pairs) {
    for (std::size_t k = 0; k < relation.pivot_target_columns.size(); ++k) {
      if (k > 0) out += " and ";
      out += column_of(index, node.entity->columns[node.entity->primary_key[k]].name) + " = " +
             node.alias + "p.";
      dialect_.append_identifier(out, relation.pivot_target_columns[k]);
    }
  } else if (relation.owning) {
    for (std::size_t k = 0; k < relation.columns.size(); ++k) {
      if (k > 0) out += " and ";
      out += column_of(index, node.entity->columns[relation.target_columns[k]].name) + " = " +
             column_of(node.parent, parent.columns[relation.columns[k]].name);
    }
    if (relation.is_choice()) out += " and " + choice_condition(node.parent, relation);
  } else {
    const RelationMetadata& back = *relation.other_side;
    if (back.is_choice()) out += choice_condition(index, back) + " and ";
    for (std::size_t k = 0; k < back.columns.size(); ++k) {
      if (k > 0) out += " and ";
      out += column_of(index, node.entity->columns[back.columns[k]].name) + " = " +
             column_of(node.parent, parent.columns[back.target_columns[k]].name);
    }
  }
  if (relation.to_many() && node.entity->soft_delete_column != EntityMetadata::none) {
    out += " and " + column_of(index, node.entity->columns[node.entity->soft_delete_column].name) +
           " is null";
  }
}

void SelectBuilder::append_pivot_join(const RelationMetadata& relation, std::size_t index,
                                      std::string& out) const {
  const SelectNode& node = nodes_[index];
  const EntityMetadata& parent = *nodes_[node.parent].entity;
  const std::string pivot = node.alias + "p";
  out += " left join ";
  append_pivot(dialect_, relation, schema_, out);
  out += ' ' + pivot + " on ";
  for (std::size_t k = 0; k < relation.pivot_owner_columns.size(); ++k) {
    if (k > 0) out += " and ";
    out += pivot + '.';
    dialect_.append_identifier(out, relation.pivot_owner_columns[k]);
    out += " = " + column_of(node.parent, parent.columns[parent.primary_key[k]].name);
  }
  append_pivot_kind(relation, pivot, out);
}

/// Of pairs of several classes: those of this one.
void SelectBuilder::append_pivot_kind(const RelationMetadata& relation, std::string_view alias,
                                      std::string& out) const {
  if (!relation.shares_pivot()) return;
  out += " and ";
  out += alias;
  out += '.';
  dialect_.append_identifier(out, relation.pivot_kind_column);
  out += " = ";
  append_literal(relation.pivot_kind, out);
}

void SelectBuilder::append_where(std::string& out) const {
  if (where_.empty()) return;
  out += " where ";
  out += where_;
}

/// The key of the partner that holds the column of a one to one relation.
std::string SelectBuilder::partner_key(std::size_t node, const RelationMetadata& relation) const {
  const EntityMetadata& target = *relation.target;
  const EntityMetadata& owner = *nodes_[node].entity;
  const std::string alias = nodes_[node].alias + "k";
  std::string text = "(select " + alias + '.';
  dialect_.append_identifier(text, target.columns[target.primary_key.front()].name);
  text += " from ";
  append_table(target, text);
  text += ' ' + alias;
  const auto& columns = relation.other_side->columns;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    text += (i == 0 ? " where " : " and ") + alias + '.';
    dialect_.append_identifier(text, target.columns[columns[i]].name);
    text += " = " + column_of(node, owner.columns[relation.other_side->target_columns[i]].name);
  }
  return text + ')';
}

std::string SelectBuilder::select() {
  std::string text = "select ";
  std::size_t position = 0;
  const auto put = [&](const std::string& column) {
    if (position++ > 0) text += ", ";
    text += column;
  };
  for (const std::string& column : leading_) put(column);
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    if (i > 0 && !nodes_[i].populated) continue;
    nodes_[i].first_column = position;
    for (const ColumnMetadata* column : selected(*nodes_[i].entity, nodes_[i].columns)) {
      put(value_of(i, *column));
    }
    for (const RelationMetadata* relation : nodes_[i].entity->keyed_relations()) {
      put(partner_key(i, *relation));
    }
  }
  text += " from ";
  append_from(text);
  append_where(text);
  text += order_;
  text += tail_;
  append_lock(alias(), text);
  return text;
}

void SelectBuilder::append_lock(std::string_view table, std::string& out) const {
  if (lock_ == LockMode::none || !dialect_.supports(db::Feature::row_locks)) return;
  out += lock_ == LockMode::for_share ? " for share of " : " for update of ";
  out += table;
  if (lock_ == LockMode::for_update_nowait) out += " nowait";
  if (lock_ == LockMode::for_update_skip_locked) out += " skip locked";
}

std::string SelectBuilder::lock_first_table() {
  const EntityMetadata& entity = *nodes_.front().entity;
  std::string keys;
  std::string wanted;
  for (const std::uint16_t index : entity.primary_key) {
    keys += keys.empty() ? "l." : ", l.";
    dialect_.append_identifier(keys, entity.columns[index].name);
    if (!wanted.empty()) wanted += ", ";
    wanted += column_of(0, entity.columns[index].name);
  }
  std::string text = "select " + keys + " from ";
  append_table(*entity.root, text);
  text += " l where (" + keys + ") in (select " + wanted + " from ";
  append_from(text);
  append_where(text);
  text += order_ + tail_ + ')';
  append_lock("l", text);
  return text;
}

std::string SelectBuilder::count() {
  std::string text = "select count(*) from ";
  append_from(text);
  append_where(text);
  return text;
}

}  // namespace roost::orm::detail
