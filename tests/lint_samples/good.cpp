// Healthy shapes that the coroutine rules must leave alone.
#include "task.hpp"

#include <mutex>
#include <string>
#include <vector>

namespace samples {

struct Options {
  std::string name;
  int limit;
};

class Settings {
 public:
  Settings(std::string name, int limit);

 private:
  std::string name_;
  int limit_;
};

Task<int> number();
Task<std::string> text();
Task<int> with_options(Options options);
Task<int> with_settings(Settings settings);
Task<int> with_list(std::vector<std::string> names);
template <class F>
Task<int> with_work(F work) {
  const auto result = co_await number();
  co_return result;
}

Task<int> named_operands(std::string name, bool first) {
  const Options options{name, 1};
  int sum = co_await with_options(options);
  std::vector<std::string> names{"a", name};
  sum += co_await with_list(std::move(names));
  auto work = [name] { return name.size(); };
  sum += co_await with_work(work);
  sum += co_await with_settings(Settings("x", first ? 1 : 2));
  const int limit = co_await number();
  if (limit > sum) co_return limit;
  co_return sum;
}

Task<int> lambda_by_reference(std::string name, bool first) {
  int sum = 0;
  sum += co_await with_work([&]() -> Task<int> {
    Options options{name, 2};
    std::string chosen = first ? name : std::string{"second"};
    std::vector<std::string> names{chosen, "b"};
    const int answer = co_await with_options(options);
    co_return answer + static_cast<int>(names.size());
  });
  co_return sum;
}

Task<int> lock_in_its_own_scope(std::mutex& mutex) {
  { std::lock_guard lock{mutex}; }
  const int result = co_await number();
  co_return result;
}

template <class T>
Task<int> in_a_template(T awaitable) {
  const auto result = co_await awaitable;
  if (result > 0) co_return 1;
  co_return 0;
}

}  // namespace samples
