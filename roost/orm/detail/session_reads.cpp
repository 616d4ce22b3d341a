// What a manager reads: each time with a loader of its own.
#include <roost/orm/detail/column_access.hpp>
#include <roost/orm/detail/loader.hpp>
#include <roost/orm/detail/select_builder.hpp>
#include <roost/orm/detail/table_names.hpp>
#include <roost/orm/errors.hpp>

#include <algorithm>
#include <utility>

namespace roost::orm::detail {

using db::ValueView;

Task<std::vector<void*>> Session::find(const EntityMetadata& entity, FindOptions options) {
  Loader loader{*this};
  Task<std::vector<void*>> finding = loader.find(entity, options, nullptr);
  co_return co_await std::move(finding);
}

Task<std::vector<void*>> Session::find(const EntityMetadata& entity, FindOptions options,
                                       std::uint64_t& total) {
  Loader loader{*this};
  Task<std::vector<void*>> finding = loader.find(entity, options, &total);
  co_return co_await std::move(finding);
}

Task<void> Session::lock(Record& record, LockMode mode) {
  const EntityMetadata& entity = *record.metadata;
  FindOptions options;
  db::Scratch scratch;
  for (const std::uint16_t index : entity.primary_key) {
    options.key.emplace_back(bind_column(entity.columns[index], record, scratch));
  }
  options.lock = mode;
  options.with_deleted = true;
  const std::vector<void*> found = co_await find(entity, std::move(options));
  if (found.empty()) throw NotFoundError(name_of(record) + " not found");
}

Task<RawStream> Session::stream(const EntityMetadata& entity, FindOptions options) {
  Loader loader{*this};
  Task<RawStream> opening = loader.stream(entity, std::move(options));
  co_return co_await std::move(opening);
}

Task<std::uint64_t> Session::count(const EntityMetadata& entity, FindOptions options) {
  Loader loader{*this};
  Task<std::uint64_t> counting = loader.count(entity, options);
  co_return co_await std::move(counting);
}

Task<void> Session::populate(std::vector<Record*> roots, std::vector<PopulatePath> paths) {
  if (roots.empty()) co_return;
  std::vector<PopulateNode> tree = populate_tree(metadata(), *roots.front()->metadata, paths);
  Loader loader{*this};
  loader.settle(tree);
  Task<void> loading = loader.populate(std::move(roots), tree, false);
  co_await std::move(loading);
}

Task<void> Session::load(Record& record, bool again) {
  if (!again && record.state != RecordState::reference) co_return;
  Loader loader{*this};
  Task<void> loading = loader.load(record);
  co_await std::move(loading);
}

Task<void> Session::load_collection(Record& owner, CollectionBase& collection, bool again) {
  const RelationMetadata& relation = relation_at(owner, &collection);
  if (!again) {
    CollectionState& state = RelationAccess::state(collection);
    state.shown = true;
    if (state.loaded && !state.read_only) co_return;
    Task<void> loading = load_relation(owner, relation);
    co_await std::move(loading);
    co_return;
  }
  std::vector<PopulateNode> tree(1);
  tree.front().relation = &relation;
  Loader loader{*this};
  std::vector<Record*> roots{&owner};
  Task<void> loading = loader.populate(std::move(roots), tree, true);
  co_await std::move(loading);
}

Task<void> Session::load_part(Record& owner, CollectionBase& collection,
                              Shared<const RelationOptions> options) {
  std::vector<PopulateNode> tree(1);
  tree.front().relation = &relation_at(owner, &collection);
  tree.front().options = std::move(options);
  Loader loader{*this};
  std::vector<Record*> roots{&owner};
  Task<void> loading = loader.populate(std::move(roots), tree, false);
  co_await std::move(loading);
}

Task<std::vector<void*>> Session::find_matching(Record& owner, CollectionBase& collection,
                                                Shared<const RelationOptions> options) {
  PopulateNode node;
  node.relation = &relation_at(owner, &collection);
  node.options = std::move(options);
  Loader loader{*this};
  Task<std::vector<void*>> finding = loader.matching(owner, node);
  co_return co_await std::move(finding);
}

Task<std::size_t> Session::count_matching(Record& owner, CollectionBase& collection,
                                          Shared<const RelationOptions> options) {
  PopulateNode node;
  node.relation = &relation_at(owner, &collection);
  node.options = std::move(options);
  Loader loader{*this};
  Task<std::uint64_t> counting = loader.count_matching(owner, node);
  const std::uint64_t rows = co_await std::move(counting);
  co_return static_cast<std::size_t>(rows);
}

Task<std::size_t> Session::count_collection(Record& owner, CollectionBase& collection) {
  const RelationMetadata& relation = relation_at(owner, &collection);
  CollectionState& state = RelationAccess::state(collection);
  const FilterChoice no_choice;
  if (relation.target->soft_delete_column != EntityMetadata::none ||
      !filters_of(*relation.target, no_choice).empty()) {
    const std::size_t rows = co_await count_matching(owner, collection, nullptr);
    co_return rows + state.added.size() - std::min(rows, state.removed.size());
  }
  const db::Dialect& dialect = executor().dialect();
  std::string text = "select count(*) from ";
  std::string_view first = " where ";
  std::vector<std::string> columns;
  if (relation.kind == RelationKind::many_to_many) {
    // The table of pairs is enough.
    append_pivot(dialect, relation, schema_, text);
    columns = relation.pivot_owner_columns;
    if (relation.shares_pivot()) {
      first = " and ";
      text += " where ";
      dialect.append_identifier(text, relation.pivot_kind_column);
      text += " = ";
      append_literal(relation.pivot_kind, text);
    }
  } else {
    const RelationMetadata& back = *relation.other_side;
    append_table(dialect, *relation.target, schema_, text);
    for (const std::uint16_t index : back.columns) {
      columns.push_back(relation.target->columns[index].name);
    }
    if (back.is_choice()) {
      first = " and ";
      text += " where ";
      dialect.append_identifier(text, relation.target->columns[back.choice_column].name);
      text += " = ";
      append_literal(back.choice_name, text);
    }
  }
  db::Scratch scratch;
  std::vector<ValueView> values;
  for (const std::uint16_t index : relation.owner_columns()) {
    values.push_back(value_in_database(owner.metadata->columns[index], owner, scratch));
  }
  std::vector<db::ValueType> types;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    text += i == 0 ? first : " and ";
    dialect.append_identifier(text, columns[i]);
    text += " = ";
    types.push_back(values[i].type());
    dialect.append_placeholder(text, types.size());
  }
  const db::Statement statement{text, types, db::StatementKind::read};
  const db::Result result = co_await executor().execute(statement, values);
  const auto rows = static_cast<std::size_t>(result.value(0, 0).integer());
  co_return rows + state.added.size() - std::min(rows, state.removed.size());
}

}  // namespace roost::orm::detail
