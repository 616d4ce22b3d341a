// One line for every shape that the coroutine rules must flag.
#include "task.hpp"

#include <mutex>
#include <string>
#include <vector>

namespace samples {

struct Options {
  std::string name;
  int limit;
};

Task<int> number();
Task<std::string> text();
Task<int> with_options(Options options);
Task<int> with_list(std::vector<std::string> names);
Task<int> with_text(std::string name);
template <class F>
Task<int> with_work(F work) {
  const auto result = co_await number();
  co_return result;
}

Task<int> conditions() {
  if (co_await number() > 1) co_return 1;  // flagged: await-in-condition
  while (co_await number()) co_return 2;   // flagged: await-in-condition
  for (; co_await number();) co_return 3;  // flagged: await-in-condition
  switch (co_await number()) {             // flagged: await-in-condition
    default:
      break;
  }
  do {
  } while (co_await number());  // flagged: await-in-condition
  co_return 0;
}

template <class T>
Task<int> condition_in_template(T awaitable) {
  if (co_await awaitable) co_return 1;  // flagged: await-in-condition
  co_return 0;
}

Task<int> operands(std::string name, bool first) {
  int sum = co_await with_work([name] { return name.size(); });     // flagged: capturing-lambda
  sum += co_await with_options({.name = name, .limit = 1});         // flagged: aggregate-temporary
  sum += co_await with_options(Options{name, 2});                   // flagged: aggregate-temporary
  sum += co_await with_list({"a", name});                           // flagged: initializer-list
  sum += co_await with_text(first ? name : std::string{"second"});  // flagged: conditional-operator
  co_return sum;
}

Task<int> results(bool first) {
  auto one = first ? co_await text() : std::string{};  // flagged: await-in-conditional
  Options options{co_await text(), 1};                 // flagged: await-in-braces
  int numbers[] = {co_await number(), 2};              // flagged: await-in-braces
  co_return options.limit + numbers[0] + static_cast<int>(one.size());
}

Task<int> locks(std::mutex& mutex) {
  std::lock_guard lock{mutex};
  int result = co_await number();  // flagged: await-under-lock
  co_return result;
}

Task<int> inside_a_lambda() {
  int result = co_await with_work([&]() -> Task<int> {
    Options options{"fine", 1};
    if (co_await number()) co_return 1;             // flagged: await-in-condition
    co_return co_await with_options({"wrong", 2});  // flagged: aggregate-temporary
  });
  co_return result;
}

}  // namespace samples
