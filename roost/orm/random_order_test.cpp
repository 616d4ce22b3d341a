// Random edits of many to many relations that keep an order, from both sides, loaded and not,
// flushed, refused, rolled back and read back, against a model in lists. The seed is printed;
// ROOST_RANDOM_SEED and ROOST_RANDOM_FLUSHES make another or a longer run.
#include <roost/orm/case_fixture_impl.hpp>
#include <roost/orm/errors.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace roost::orm {
namespace {

struct Clip;
struct Tape {
  std::int64_t id{};
  Collection<Clip> clips{};
  static constexpr auto meta = orm::entity("random_tapes", primary_key<&Tape::id>(),
                                           many_to_many<&Tape::clips>(keeps_order));
};
struct Clip {
  std::int64_t id{};
  int number = 0;
  Collection<Tape> tapes{};
  static constexpr auto meta =
      orm::entity("random_clips", pooled_key<&Clip::id>(5), unique<&Clip::number>(),
                  many_to_many<&Clip::tapes>(mapped_by<&Tape::clips>));
};

constexpr int tapes = 3;

using Numbers = std::vector<int>;

bool has(const Numbers& numbers, int number) {
  return std::find(numbers.begin(), numbers.end(), number) != numbers.end();
}

/// One tape: what the database has, and what the application wants.
struct TapeModel {
  Numbers stored;
  bool loaded = false;
  Numbers items;    // when loaded
  Numbers added;    // otherwise
  Numbers removed;  // of what is stored

  [[nodiscard]] Numbers wanted() const {
    if (loaded) return items;
    Numbers all;
    for (const int number : stored) {
      if (!has(removed, number)) all.push_back(number);
    }
    for (const int number : added) {
      if (!has(stored, number)) all.push_back(number);
    }
    return all;
  }
  void add(int number) {
    if (loaded) {
      if (!has(items, number)) items.push_back(number);
      return;
    }
    std::erase(removed, number);
    if (!has(added, number)) added.push_back(number);
  }
  void remove(int number) {
    std::erase(loaded ? items : added, number);
    if (!loaded && !has(removed, number)) removed.push_back(number);
  }
  void load() {
    items = wanted();
    loaded = true;
  }
  /// Additions and removals stay; what is stored stands in its stored order.
  void reload() {
    Numbers all;
    for (const int number : stored) {
      if (has(items, number)) all.push_back(number);
    }
    for (const int number : items) {
      if (!has(stored, number)) all.push_back(number);
    }
    items = std::move(all);
  }
  void flushed() {
    stored = wanted();
    added.clear();
    removed.clear();
  }
};

std::string text_of(const Numbers& numbers) {
  std::string text;
  for (const int number : numbers) text += " " + std::to_string(number);
  return text;
}

std::uint64_t number_from(const char* name, std::uint64_t fallback) {
  const char* text = std::getenv(name);
  return text == nullptr ? fallback : std::strtoull(text, nullptr, 10);
}

class Interrupted : public Error {
 public:
  Interrupted() : Error("interrupted") {}
};

class RandomOrder : public CaseTest {
 protected:
  RandomOrder() : CaseTest{entities<Tape, Clip>()} {}

  Task<void> prepare() override {
    EntityManager em{*source_};
    for (int i = 1; i <= tapes; ++i) em.create<Tape>({.id = i});
    for (next_ = 1; next_ <= 5; ++next_) {
      em.create<Clip>({.number = next_});
      clips_.push_back(next_);
    }
    co_await em.flush();
  }

  int below(std::size_t bound) { return static_cast<int>(random_() % bound); }
  void note(const std::string& step) { steps_ += "\n  " + step; }

  Task<Tape*> tape(int key) {
    Tape* found = co_await em_->find_one<Tape>(static_cast<std::int64_t>(key));
    EXPECT_EQ(found->clips.is_loaded(), model_[key].loaded) << key << steps_;
    co_return found;
  }
  Task<Clip*> clip(int number) {
    for (Clip* each : new_) {
      if (each->number == number) co_return each;
    }
    Expression condition = f<&Clip::number> == number;
    co_return co_await em_->find_one<Clip>(std::move(condition));
  }
  Numbers some_clips() {
    Numbers list;
    for (const int number : clips_) {
      if (below(2) == 0) list.push_back(number);
    }
    std::shuffle(list.begin(), list.end(), random_);
    return list;
  }

  Task<void> edit() {
    const int key = 1 + below(tapes);
    const int number = clips_[static_cast<std::size_t>(below(clips_.size()))];
    Tape* one = co_await tape(key);
    Clip* other = co_await clip(number);
    TapeModel& model = model_[key];
    const int how = below(12);
    const bool inverse_loaded = other->tapes.is_loaded();
    note("tape " + std::to_string(key) + (model.loaded ? " loaded" : "") + ", clip " +
         std::to_string(number) + (inverse_loaded ? " loaded" : "") + ", how " +
         std::to_string(how));
    if (how <= 1) {
      one->clips.add(*other);
      model.add(number);
    } else if (how <= 3) {
      other->tapes.add(*one);
      model.add(number);
    } else if (how == 4) {
      one->clips.remove(*other);
      model.remove(number);
    } else if (how == 5) {
      other->tapes.remove(*one);
      model.remove(number);
    } else if (how == 6) {
      co_await one->clips.load();
      if (!model.loaded) model.load();
    } else if (how == 7) {
      co_await other->tapes.load();
    } else if (how == 8) {
      if (!model.loaded) co_return;
      co_await one->clips.reload();
      model.reload();
    } else if (how == 9) {
      create(key);
    } else if (how == 10) {
      Task<void> setting = set_clips(*one, key);
      co_await std::move(setting);
    } else {
      Task<void> setting = set_tapes(*other, number);
      co_await std::move(setting);
    }
  }

  void create(int key) {
    if (clips_.size() > 9) return;
    Clip& made = em_->create<Clip>({.number = next_});
    new_.push_back(&made);
    clips_.push_back(next_);
    note("new clip " + std::to_string(next_));
    if (below(2) == 0) {
      made.tapes.add(em_->reference<Tape>(key));
      model_[key].add(next_);
    }
    ++next_;
  }

  Task<void> set_clips(Tape& one, int key) {
    const Numbers list = some_clips();
    note("clips are" + text_of(list));
    std::vector<Clip*> wanted;
    for (const int number : list) wanted.push_back(co_await clip(number));
    must_flush_ = must_flush_ || !one.clips.is_loaded();
    one.clips.set(wanted);
    model_[key].loaded = true;
    model_[key].items = list;
  }

  Task<void> set_tapes(Clip& other, int number) {
    std::vector<Tape*> wanted;
    std::string text = "tapes are";
    must_flush_ = must_flush_ || !other.tapes.is_loaded();
    for (int key = 1; key <= tapes; ++key) {
      if (below(2) == 0) {
        model_[key].remove(number);
        continue;
      }
      wanted.push_back(co_await tape(key));
      text += " " + std::to_string(key);
      model_[key].add(number);
    }
    note(text);
    other.tapes.set(wanted);
  }

  Task<void> remove_one() {
    const std::size_t place = static_cast<std::size_t>(below(clips_.size()));
    const int number = clips_[place];
    Clip* gone = co_await clip(number);
    if (clips_.size() < 4 || std::find(new_.begin(), new_.end(), gone) != new_.end()) co_return;
    note("clip " + std::to_string(number) + " is removed");
    em_->remove(*gone);
    clips_.erase(clips_.begin() + static_cast<std::ptrdiff_t>(place));
    for (auto& [key, model] : model_) {
      std::erase(model.items, number);
      std::erase(model.added, number);
      std::erase(model.stored, number);
    }
  }

  void take_flushed() {
    for (auto& [key, model] : model_) model.flushed();
    new_.clear();
    must_flush_ = false;
  }

  /// In a transaction of which nothing stays: what was written waits again, what was done to loaded
  /// collections after the flush stays done.
  Task<void> roll_back() {
    note("a flush that is rolled back");
    const std::map<int, TapeModel> before = model_;
    const auto body = [this](EntityManager& tx) -> Task<void> {
      co_await tx.flush();
      for (auto& [key, model] : model_) model.flushed();
      for (int edits = below(4); edits > 0; --edits) {
        Task<void> editing = edit_loaded();
        co_await std::move(editing);
      }
      throw Interrupted{};
    };
    bool undone = false;
    try {
      co_await em_->transactional(body);
    } catch (const Interrupted&) {
      undone = true;
    }
    EXPECT_TRUE(undone) << steps_;
    for (auto& [key, model] : model_) {
      const TapeModel& was = before.at(key);
      model.stored = was.stored;
      model.added = was.added;
      model.removed = was.removed;
    }
  }

  Task<void> edit_loaded() {
    const int key = 1 + below(tapes);
    TapeModel& model = model_[key];
    if (!model.loaded) co_return;
    const int number = clips_[static_cast<std::size_t>(below(clips_.size()))];
    Tape* one = co_await tape(key);
    Clip* other = co_await clip(number);
    const int how = below(5);
    note("then tape " + std::to_string(key) + ", clip " + std::to_string(number) + ", how " +
         std::to_string(how));
    if (how == 0) {
      one->clips.add(*other);
      model.add(number);
    } else if (how == 1) {
      other->tapes.add(*one);
      model.add(number);
    } else if (how == 2) {
      one->clips.remove(*other);
      model.remove(number);
    } else if (how == 3) {
      other->tapes.remove(*one);
      model.remove(number);
    } else {
      Task<void> setting = set_clips(*one, key);
      co_await std::move(setting);
    }
  }

  Task<void> flush() {
    const int how = below(8);
    if (how == 0) {
      note("a flush that is refused");
      Clip& twin = em_->create<Clip>({.number = clips_.front()});
      bool refused = false;
      try {
        co_await em_->flush();
      } catch (const db::UniqueViolation&) {
        refused = true;
      }
      EXPECT_TRUE(refused) << steps_;
      twin.number = next_;
      clips_.push_back(next_++);
    } else if (how == 1) {
      Task<void> undoing = roll_back();
      co_await std::move(undoing);
    } else if (how == 2) {
      Task<void> removing = remove_one();
      co_await std::move(removing);
    }
    note("flush");
    co_await em_->flush();
    take_flushed();
  }

  Task<void> verify() {
    static_cast<void>(sent());
    co_await em_->flush();
    EXPECT_EQ(sent(), 0U) << "nothing is left to write" << sent_texts() << steps_;
    EntityManager fresh{*source_};
    const auto path = populate<&Tape::clips>(below(2) == 0 ? select_in : joined);
    const auto found = co_await fresh.find<const Tape>(path);
    for (const Tape* each : found) {
      const int key = static_cast<int>(each->id);
      Numbers stored;
      for (const Clip& item : each->clips) stored.push_back(item.number);
      EXPECT_EQ(text_of(stored), text_of(model_[key].stored)) << "tape " << key << steps_;
      const Tape* known = co_await tape(key);
      if (!known->clips.is_loaded()) continue;
      Numbers shown;
      for (const Clip& item : known->clips) shown.push_back(item.number);
      EXPECT_EQ(text_of(shown), text_of(model_[key].items)) << "shown, tape " << key << steps_;
    }
  }

  void begin_afresh() {
    note("a fresh manager");
    em_ = std::make_unique<EntityManager>(*source_);
    for (auto& [key, model] : model_) model.loaded = false;
  }

  std::unique_ptr<EntityManager> em_;
  std::mt19937_64 random_;
  std::map<int, TapeModel> model_;
  Numbers clips_;
  std::vector<Clip*> new_;  // not flushed yet
  int next_ = 1;
  bool must_flush_ = false;
  std::string steps_;
};

TEST_F(RandomOrder, EqualsTheModelAfterEachFlush) {
  const std::uint64_t seed = number_from("ROOST_RANDOM_SEED", 20'261'123);
  const std::uint64_t flushes = number_from("ROOST_RANDOM_FLUSHES", 150);
  std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
  random_.seed(seed);
  for (int key = 1; key <= tapes; ++key) model_[key] = {};
  run([&]() -> Task<void> {
    begin_afresh();
    for (std::uint64_t i = 0; i < flushes && !HasFailure(); ++i) {
      if (below(6) == 0) begin_afresh();
      for (int edits = 1 + below(7); edits > 0 && !must_flush_ && !HasFailure(); --edits) {
        Task<void> editing = edit();
        co_await std::move(editing);
      }
      Task<void> flushing = flush();
      co_await std::move(flushing);
      Task<void> verifying = verify();
      co_await std::move(verifying);
      if (steps_.size() > 4000) steps_.erase(0, steps_.size() - 2000);
    }
  });
}

}  // namespace
}  // namespace roost::orm
