// Loads of relations that are awaited at the same time: one round trip for all of them. And of
// columns that finds leave out.
#include <roost/async/event_loop.hpp>
#include <roost/orm/detail/column_access.hpp>
#include <roost/orm/detail/loader.hpp>
#include <roost/orm/detail/select_builder.hpp>
#include <roost/orm/detail/session.hpp>
#include <roost/orm/errors.hpp>

#include <algorithm>
#include <utility>

namespace roost::orm::detail {

Task<void> Loader::load_branches(std::vector<Branch> branches) {
  std::vector<std::vector<PopulateNode>> trees;
  trees.reserve(branches.size());
  for (const Branch& branch : branches) {
    std::vector<PopulateNode>& tree = trees.emplace_back();
    const auto plant = [&tree](const RelationMetadata& relation) {
      tree.emplace_back().relation = &relation;
    };
    for (const RelationMetadata& choice : branch.relation->choices) plant(choice);
    if (!branch.relation->is_any()) plant(*branch.relation);
    descend(tree, branch.owners, false);
  }
  Task<void> loading = load_waiting(false);
  co_await std::move(loading);
}

Task<void> Session::load_column(Record& record, std::string_view member) {
  const EntityMetadata& entity = *record.metadata;
  const std::string_view members[] = {member};
  const ColumnMetadata* column = entity.find_column(members);
  if (column == nullptr || !column->lazy) {
    throw UsageError(std::string{entity.name} + "::" + std::string{member} +
                     " is no lazy column: it is read with its entity");
  }
  const std::uint64_t bit = std::uint64_t{1} << column->index;
  if (!record.has_content()) {
    throw NotLoadedError(name_of(record) + " is not loaded: load it before its lazy columns");
  }
  if ((record.loaded & bit) != 0) co_return;
  SelectBuilder builder{executor().dialect(), metadata(), entity, schema_};
  db::Scratch scratch;
  std::vector<db::ValueView> key;
  std::vector<const ColumnMetadata*> types;
  std::vector<std::string> names;
  for (const std::uint16_t index : entity.primary_key) {
    types.push_back(&entity.columns[index]);
    names.push_back(builder.column_of(0, types.back()->name));
    key.push_back(bind_column(*types.back(), record, scratch));
  }
  builder.add_key_condition(names, types, 1);
  builder.add_leading_column(builder.value_of(0, *column));
  const std::string text = builder.select();
  const db::Statement statement{text, builder.types(), db::StatementKind::read};
  const db::Result result = co_await executor().execute(statement, key);
  if (result.empty()) throw NotFoundError(name_of(record) + " not found");
  if ((record.loaded & bit) != 0) co_return;  // somebody else was faster
  read_column(*column, record.entity(), result.value(0, 0));
  record.loaded |= bit;
  if (record.snapshot != nullptr) {
    put_snapshot(record, *column, bind_column(*column, record, scratch));
  }
}

Task<void> Session::load_relation(Record& owner, const RelationMetadata& relation) {
  const auto done = std::make_shared<bool>(false);
  wanted_.push_back({&owner, &relation, done});
  // Whoever asks in the same turn of the loop comes along.
  co_await yield();
  const AsyncMutex::Lock turn = co_await loading_.lock();
  if (*done) co_return;
  std::vector<Wanted> taken = std::move(wanted_);
  wanted_.clear();
  const bool among = std::any_of(taken.begin(), taken.end(),
                                 [&](const Wanted& wanted) { return wanted.done == done; });
  if (!among) taken.push_back({&owner, &relation, done});  // the one that took it along failed
  std::vector<Loader::Branch> branches;
  for (const Wanted& wanted : taken) {
    auto branch = std::find_if(branches.begin(), branches.end(), [&](const auto& candidate) {
      return candidate.relation == wanted.relation;
    });
    if (branch == branches.end()) {
      branches.push_back({wanted.relation, {}});
      branch = branches.end() - 1;
    }
    branch->owners.push_back(wanted.owner);
  }
  Loader loader{*this};
  Task<void> loading = loader.load_branches(std::move(branches));
  co_await std::move(loading);
  for (const Wanted& wanted : taken) *wanted.done = true;
}

}  // namespace roost::orm::detail
