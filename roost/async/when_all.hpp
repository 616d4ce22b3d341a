// when_all and when_any: several tasks at once.
#pragma once

#include <roost/async/scope.hpp>
#include <roost/async/task.hpp>

#include <cstddef>
#include <memory>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace roost {

/// Stands for the result of a Task<void> where a value is needed.
struct Nothing {
  friend bool operator==(Nothing, Nothing) = default;
};

namespace async {

/// What a joined task leaves behind: its value, a pointer for a reference, Nothing for void.
template <class T>
using Joined = std::conditional_t<
    std::is_void_v<T>, Nothing,
    std::conditional_t<std::is_reference_v<T>, std::add_pointer_t<std::remove_reference_t<T>>, T>>;

template <class T>
Joined<T> take_joined(Task<T>& task) {
  auto& promise = task.coroutine().promise();
  if constexpr (std::is_void_v<T>) {
    promise.take_result();
    return {};
  } else if constexpr (std::is_reference_v<T>) {
    return std::addressof(promise.take_result());
  } else {
    return promise.take_result();
  }
}

}  // namespace async

/// Runs all tasks at once and gives their results in order: values, pointers for references.
/// When one fails the others are cancelled; after all have ended, the failure that came first is
/// thrown. Cancelling the caller cancels all.
template <class T>
requires(!std::is_void_v<T>)
    [[nodiscard]] Task<std::vector<async::Joined<T>>> when_all(std::vector<Task<T>> tasks) {
  async::JoinScope join{async::JoinScope::Cancel::on_failure};
  co_await join.enter();
  for (Task<T>& task : tasks) join.start(task);
  co_await join.wait();
  join.rethrow_first_failure();
  std::vector<async::Joined<T>> results;
  results.reserve(tasks.size());
  for (Task<T>& task : tasks) results.push_back(async::take_joined(task));
  co_return results;
}

[[nodiscard]] Task<void> when_all(std::vector<Task<void>> tasks);

/// The same for tasks of different types, as a tuple; Nothing stands for void:
/// `auto [user, tags] = co_await when_all(find_user(id), find_tags(id));`
template <class First, class... Rest>
[[nodiscard]] Task<std::tuple<async::Joined<First>, async::Joined<Rest>...>> when_all(
    Task<First> first, Task<Rest>... rest) {
  async::JoinScope join{async::JoinScope::Cancel::on_failure};
  co_await join.enter();
  join.start(first);
  (join.start(rest), ...);
  co_await join.wait();
  join.rethrow_first_failure();
  std::tuple<async::Joined<First>, async::Joined<Rest>...> results{async::take_joined(first),
                                                                   async::take_joined(rest)...};
  co_return results;
}

/// The result of when_any: which task ended first, and what it gave.
template <class T>
struct FirstResult {
  FirstResult(std::size_t position, T result) : index{position}, value(std::move(result)) {}
  std::size_t index;
  T value;
};

/// Runs all tasks at once. As soon as one has ended, with a value or an exception, the others are
/// cancelled; after they have ended as well, gives that one's result. At least one task.
template <class T>
[[nodiscard]] Task<FirstResult<async::Joined<T>>> when_any(std::vector<Task<T>> tasks) {
  async::JoinScope join{async::JoinScope::Cancel::on_first_end};
  if (tasks.empty()) async::throw_empty_task();
  co_await join.enter();
  for (Task<T>& task : tasks) join.start(task);
  co_await join.wait();
  std::size_t index = 0;
  while (!join.ended_first(tasks[index])) ++index;
  FirstResult<async::Joined<T>> result{index, async::take_joined(tasks[index])};
  co_return result;
}

}  // namespace roost
