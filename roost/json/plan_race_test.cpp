// Threads that use a class for the first time at the same moment: one plan wins, all results agree.
#include <roost/json/read.hpp>
#include <roost/json/write.hpp>
#include <roost/meta/describe.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace roost::json {
namespace {

// Many classes, each of which is used for the first time once.
template <int N>
struct Fresh {
  int first = N;
  std::vector<std::string> second;
};

template <int N>
void race() {
  constexpr int threads = 4;
  std::atomic<int> waiting{threads};
  std::vector<std::string> results(threads);
  std::vector<std::thread> running;
  for (std::string& result : results) {
    running.emplace_back([&] {
      --waiting;
      while (waiting != 0) std::this_thread::yield();
      const auto read_back = read<Fresh<N>>(R"({"first":1,"second":["a"],"third":0})");
      result = to_string(read_back.issues) + write(read_back.value);
    });
  }
  for (std::thread& thread : running) thread.join();
  for (const std::string& result : results) {
    EXPECT_EQ(result, R"(third: should not exist{"first":1,"second":["a"]})");
  }
}

TEST(Plans, AreMadeOnceWhenThreadsRace) {
  [&]<int... N>(std::integer_sequence<int, N...>) { (race<N>(), ...); }
  (std::make_integer_sequence<int, 30>{});
}

}  // namespace
}  // namespace roost::json
