// Loads of relations that are awaited at the same time: one round trip for all of them.
#include <roost/async/event_loop.hpp>
#include <roost/orm/detail/column_access.hpp>
#include <roost/orm/detail/loader.hpp>
#include <roost/orm/detail/session.hpp>

#include <algorithm>
#include <utility>

namespace roost::orm::detail {

Task<void> Loader::load_branches(std::vector<Branch> branches) {
  std::vector<std::vector<PopulateNode>> trees;
  trees.reserve(branches.size());
  for (const Branch& branch : branches) {
    trees.push_back({PopulateNode{branch.relation, {}}});
    descend(trees.back(), branch.owners, false);
  }
  Task<void> loading = load_waiting(false);
  co_await std::move(loading);
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
