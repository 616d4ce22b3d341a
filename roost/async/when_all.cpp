// Joining tasks without results.
#include <roost/async/when_all.hpp>

namespace roost {

Task<void> when_all(std::vector<Task<void>> tasks) {
  async::JoinScope join{async::JoinScope::Cancel::on_failure};
  co_await join.enter();
  for (Task<void>& task : tasks) join.start(task);
  co_await join.wait();
  join.rethrow_first_failure();
}

}  // namespace roost
