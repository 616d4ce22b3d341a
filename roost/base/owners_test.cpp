// Owned and Shared: who destroys what, when, and how they get along with the standard pointers.
#include <roost/base/owned.hpp>
#include <roost/base/shared.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace roost {
namespace {

struct Base {
  Base() = default;
  Base(const Base&) = delete;
  Base& operator=(const Base&) = delete;
  virtual ~Base() = default;
  [[nodiscard]] virtual std::string name() const { return "base"; }
};
/// Another base first, so that a pointer to Base is another address than one to the object.
struct Other {
  virtual ~Other() = default;
  int filler = 0;
};
struct Derived final : Other, Base {
  explicit Derived(int& ended) : ended_{ended} {}
  ~Derived() override { ++ended_; }
  [[nodiscard]] std::string name() const override { return "derived"; }

 private:
  int& ended_;
};

TEST(SharedTest, TheLastOwnerDestroysTheObject) {
  int ended = 0;
  {
    Shared<const Base> kept;
    {
      const Shared<const Derived> made = Shared<const Derived>::make(ended);
      kept = made;
      const Shared<const Base> copy = kept;
      EXPECT_TRUE(copy == kept);
      EXPECT_EQ(copy->name(), "derived");
    }
    EXPECT_EQ(ended, 0);
    EXPECT_EQ((*kept).name(), "derived");
    Shared<const Base> moved = std::move(kept);
    EXPECT_EQ(moved->name(), "derived");
  }
  EXPECT_EQ(ended, 1);
}

TEST(SharedTest, AnEmptyOneOwnsNothing) {
  Shared<Base> empty;
  EXPECT_TRUE(empty == nullptr);
  EXPECT_FALSE(empty);
  empty = Shared<Base>{nullptr};
  EXPECT_EQ(empty.get(), nullptr);
}

TEST(SharedTest, AStandardPointerIsKeptAlive) {
  int ended = 0;
  std::shared_ptr<Derived> outer = std::make_shared<Derived>(ended);
  Shared<Base> inner = Shared<Base>::own_behind(outer);
  outer.reset();
  EXPECT_EQ(ended, 0);
  EXPECT_EQ(inner->name(), "derived");
  inner = nullptr;
  EXPECT_EQ(ended, 1);
}

TEST(SharedTest, CopiesMayBeMadeAndDroppedByManyThreads) {
  int ended = 0;
  Shared<const Base> shared = Shared<const Derived>::make(ended);
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 4; ++thread) {
      threads.emplace_back([shared] {
        for (int round = 0; round < 1'000; ++round) {
          const Shared<const Base> copy = shared;
          ASSERT_EQ(copy->name(), "derived");
        }
      });
    }
  }
  EXPECT_EQ(ended, 0);
  shared = nullptr;
  EXPECT_EQ(ended, 1);
}

TEST(OwnedTest, GoesToAndFromTheStandardPointer) {
  int ended = 0;
  Owned<Base> owned = std::make_unique<Derived>(ended);
  EXPECT_EQ(owned->name(), "derived");
  std::unique_ptr<Base> standard = std::move(owned);
  EXPECT_TRUE(owned == nullptr);
  EXPECT_EQ(standard->name(), "derived");
  owned = std::move(standard);
  EXPECT_EQ(ended, 0);
  owned = make_owned<Derived>(ended);
  EXPECT_EQ(ended, 1);
  owned.reset();
  EXPECT_EQ(ended, 2);
}

TEST(OwnedTest, ArraysAreOwnedWhole) {
  Owned<std::string[]> words{new std::string[2]};
  words[0] = "a text that is too long to live inside of its string object";
  words[1] = "b";
  Owned<std::string[]> moved = std::move(words);
  EXPECT_EQ(words.get(), nullptr);
  EXPECT_EQ(moved[1], "b");
  Owned<std::string[]> other{new std::string[1]};
  other.swap(moved);
  EXPECT_EQ(other[1], "b");
  EXPECT_EQ(moved[0], "");
}

}  // namespace
}  // namespace roost
