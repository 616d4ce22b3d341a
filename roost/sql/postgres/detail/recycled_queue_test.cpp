// A queue against std::deque, and where its elements stand.
#include <roost/sql/postgres/detail/recycled_queue.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <deque>
#include <memory>
#include <random>
#include <utility>
#include <vector>

namespace roost::db::postgres::detail {
namespace {

struct Item {
  int number = 0;
  std::shared_ptr<int> owned;
};

TEST(RecycledQueue, GivesWhatItGotInItsOrder) {
  RecycledQueue<Item> queue;
  std::deque<int> expected;
  std::mt19937 random{5};
  for (int i = 0; i < 20'000; ++i) {
    // Long phases of growing and of shrinking, past the number of places that are kept.
    const unsigned pushes = (i / 2'000) % 2 == 0 ? 60 : 40;
    if (expected.empty() || random() % 100 < pushes) {
      queue.push_back(Item{i, nullptr});
      expected.push_back(i);
    } else {
      ASSERT_EQ(queue.front().number, expected.front());
      queue.pop_front();
      expected.pop_front();
    }
    ASSERT_EQ(queue.size(), expected.size());
    ASSERT_EQ(queue.empty(), expected.empty());
    if (expected.empty()) continue;
    ASSERT_EQ(queue.back().number, expected.back());
    const std::size_t middle = expected.size() / 2;
    ASSERT_EQ(queue[middle].number, expected[middle]);
  }
}

TEST(RecycledQueue, LeavesElementsWhereTheyAre) {
  RecycledQueue<Item> queue;
  std::vector<Item*> places;
  for (int i = 0; i < 10; ++i) queue.push_back(Item{i, nullptr});
  for (int i = 0; i < 10; ++i) queue.pop_front();
  for (int i = 0; i < 1'000; ++i) places.push_back(&queue.push_back(Item{i, nullptr}));
  for (std::size_t i = 0; i < places.size(); ++i) ASSERT_EQ(&queue[i], places[i]);
  RecycledQueue<Item> taken = std::exchange(queue, RecycledQueue<Item>{});
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(&taken.front(), places.front());
  EXPECT_EQ(&taken.back(), places.back());
}

TEST(RecycledQueue, LetsGoOfWhatLeaves) {
  RecycledQueue<Item> queue;
  const auto owned = std::make_shared<int>(1);
  for (int i = 0; i < 600; ++i) queue.push_back(Item{i, owned});
  for (int i = 0; i < 600; ++i) queue.pop_front();
  EXPECT_EQ(owned.use_count(), 1);
  EXPECT_EQ(queue.push_back().owned, nullptr);
}

}  // namespace
}  // namespace roost::db::postgres::detail
