// Random edits of many to many relations through an entity, from both sides and on the entity
// itself, flushed and read back, against a model in a map. The seed is printed; ROOST_RANDOM_SEED
// and ROOST_RANDOM_FLUSHES make another or a longer run.
#include <roost/orm/case_fixture_impl.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace roost::orm {
namespace {

struct Musician;
struct Band;

struct Membership {
  std::int64_t id{};
  Ref<Musician> musician{};
  Ref<Band> band{};
  int share = 7;
  static constexpr auto meta = orm::entity(
      "memberships", primary_key<&Membership::id>(), many_to_one<&Membership::musician>(),
      many_to_one<&Membership::band>(), unique<&Membership::musician, &Membership::band>());
};
struct Musician {
  std::int64_t id{};
  std::string name{};
  Collection<Band> bands{};
  Collection<Membership> memberships{};
  static constexpr auto meta =
      orm::entity("musicians", primary_key<&Musician::id>(),
                  many_to_many<&Musician::bands>(through<&Membership::musician, &Membership::band>),
                  one_to_many<&Musician::memberships>(mapped_by<&Membership::musician>));
};
struct Band {
  std::int64_t id{};
  std::string name{};
  Collection<Musician> musicians{};
  static constexpr auto meta =
      orm::entity("bands", primary_key<&Band::id>(),
                  many_to_many<&Band::musicians>(mapped_by<&Musician::bands>));
};

constexpr int musicians = 5;
constexpr int bands = 6;
constexpr int share_by_default = 7;

std::uint64_t setting(const char* name, std::uint64_t fallback) {
  const char* text = std::getenv(name);
  return text == nullptr ? fallback : std::strtoull(text, nullptr, 10);
}

class RandomPivots : public CaseTest {
 protected:
  using Pair = std::pair<int, int>;  // keys of musician and band
  using Model = std::map<Pair, int>;

  RandomPivots() : CaseTest{entities<Membership, Musician, Band>()} {}

  Task<void> prepare() override {
    EntityManager em{*source_};
    for (int i = 1; i <= musicians; ++i) em.create<Musician>({.id = i, .name = std::to_string(i)});
    for (int i = 1; i <= bands; ++i) em.create<Band>({.id = i, .name = std::to_string(i)});
    co_await em.flush();
  }

  int below(int bound) { return static_cast<int>(random_() % static_cast<unsigned>(bound)); }
  void note(const std::string& step) { steps_ += "\n  " + step; }

  static std::string to_text(const Model& model) {
    std::string text;
    for (const auto& [pair, share] : model) {
      text += " " + std::to_string(pair.first) + "-" + std::to_string(pair.second) + ":" +
              std::to_string(share);
    }
    return text;
  }

  Task<Musician*> musician(EntityManager& em, int key) {
    return em.find_one<Musician>(static_cast<std::int64_t>(key));
  }
  Task<Band*> band(EntityManager& em, int key) {
    return em.find_one<Band>(static_cast<std::int64_t>(key));
  }

  /// Each pair is touched once a flush: what several wishes about one mean is another test's.
  bool touch(const Pair& pair) {
    return !whole_.contains(pair.first) && touched_.insert(pair).second;
  }

  Task<void> edit(EntityManager& em) {
    const Pair pair{1 + below(musicians), 1 + below(bands)};
    const int how = below(9);
    if (how == 8) {
      Task<void> setting_all = set_all(em, pair.first);
      co_await std::move(setting_all);
      co_return;
    }
    if (!touch(pair)) co_return;
    Musician* one = co_await musician(em, pair.first);
    Band* other = co_await band(em, pair.second);
    const bool there = model_.contains(pair);
    const bool loads = below(2) == 0;
    note(std::to_string(pair.first) + "-" + std::to_string(pair.second) + " how " +
         std::to_string(how) + (loads ? " loaded" : ""));
    if (how == 0) {
      if (loads) co_await one->bands.load();
      one->bands.add(*other);
      model_.emplace(pair, share_by_default);
    } else if (how == 1) {
      if (loads) co_await other->musicians.load();
      other->musicians.add(*one);
      model_.emplace(pair, share_by_default);
    } else if (how == 2) {
      if (loads) co_await one->bands.load();
      one->bands.remove(*other);
      model_.erase(pair);
    } else if (how == 3) {
      if (loads) co_await other->musicians.load();
      other->musicians.remove(*one);
      model_.erase(pair);
    } else if (how < 6 && !there) {
      const int share = below(100);
      em.create<Membership>({.musician = *one, .band = *other, .share = share});
      model_[pair] = share;
    } else if (there) {
      Membership* membership = co_await em.find_one<Membership>(
          f<&Membership::musician> == one->id && f<&Membership::band> == other->id);
      if (membership == nullptr) {
        ADD_FAILURE() << "a row is not there" << steps_;
        co_return;
      }
      if (how == 7) {
        em.remove(*membership);
        model_.erase(pair);
      } else {
        membership->share = below(100);
        model_[pair] = membership->share;
      }
    }
  }

  /// A collection is given as a whole: pairs that stay keep what they have.
  Task<void> set_all(EntityManager& em, int key) {
    const bool was_touched = std::any_of(touched_.begin(), touched_.end(),
                                         [&](const Pair& pair) { return pair.first == key; });
    if (was_touched || !whole_.insert(key).second) co_return;
    Musician* one = co_await musician(em, key);
    const bool loads = below(2) == 0;
    if (loads) co_await one->bands.load();
    std::vector<Band*> wanted;
    Model after = model_;
    std::erase_if(after, [&](const auto& row) { return row.first.first == key; });
    std::string text = std::to_string(key) + (loads ? " set, loaded:" : " set:");
    for (int i = 1; i <= bands; ++i) {
      if (below(2) == 0) continue;
      wanted.push_back(co_await band(em, i));
      text += " " + std::to_string(i);
      const auto before = model_.find({key, i});
      after[{key, i}] = before == model_.end() ? share_by_default : before->second;
    }
    note(text);
    one->bands.set(wanted);
    model_ = std::move(after);
  }

  /// In the database, and in the collections that the manager has loaded.
  Task<void> verify(EntityManager& em) {
    EntityManager fresh{*source_};
    Model stored;
    const auto rows = co_await fresh.find<const Membership>();
    for (const Membership* row : rows) {
      const Pair pair{static_cast<int>(row->musician.key<std::int64_t>()),
                      static_cast<int>(row->band.key<std::int64_t>())};
      stored[pair] = row->share;
    }
    EXPECT_EQ(to_text(stored), to_text(model_)) << steps_;
    for (int i = 1; i <= musicians; ++i) {
      const Musician* known = co_await musician(em, i);
      if (!known->bands.is_loaded()) continue;
      std::set<int> shown;
      for (const Band& item : known->bands) shown.insert(static_cast<int>(item.id));
      std::set<int> expected;
      for (const auto& [pair, share] : model_) {
        if (pair.first == i) expected.insert(pair.second);
      }
      EXPECT_EQ(shown, expected) << "bands of " << i << steps_;
    }
  }

  std::mt19937_64 random_;
  Model model_;
  std::set<Pair> touched_;
  std::set<int> whole_;
  std::string steps_;
};

TEST_F(RandomPivots, EqualTheModelAfterEachFlush) {
  const std::uint64_t seed = setting("ROOST_RANDOM_SEED", 20'261'123);
  const std::uint64_t flushes = setting("ROOST_RANDOM_FLUSHES", 150);
  std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
  random_.seed(seed);
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    for (std::uint64_t i = 0; i < flushes && !HasFailure(); ++i) {
      if (below(6) == 0) {
        em = EntityManager{*source_};
        note("a fresh manager");
      }
      touched_.clear();
      whole_.clear();
      for (int edits = 1 + below(6); edits > 0 && !HasFailure(); --edits) {
        Task<void> editing = edit(em);
        co_await std::move(editing);
      }
      co_await em.flush();
      note("flush");
      Task<void> verifying = verify(em);
      co_await std::move(verifying);
      if (steps_.size() > 4000) steps_.erase(0, steps_.size() - 2000);
    }
  });
}

}  // namespace
}  // namespace roost::orm
