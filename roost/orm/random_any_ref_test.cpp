// Random edits of references to one of several classes, from both sides, with collections that are
// loaded or not, and removals of what is referred to, flushed and read back, against a model in
// maps. The seed is printed; ROOST_RANDOM_SEED and ROOST_RANDOM_FLUSHES make another or a longer
// run.
#include <roost/orm/any_ref_model_impl.hpp>

#include <cstdio>
#include <cstdlib>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace roost::orm {
namespace {

enum class Kind { story, photo };
using Key = std::int64_t;
using Target = std::pair<Kind, Key>;
using Subject = std::optional<Target>;

std::uint64_t number_from(const char* name, std::uint64_t fallback) {
  const char* text = std::getenv(name);
  return text == nullptr ? fallback : std::strtoull(text, nullptr, 10);
}

std::string to_text(const Subject& subject) {
  if (!subject.has_value()) return "-";
  return (subject->first == Kind::story ? "s" : "p") + std::to_string(subject->second);
}

class RandomAnyRefs : public AnyRefTest {
 protected:
  using Model = std::map<Key, Subject>;  // by applause

  Task<void> prepare() override {
    EntityManager em{*source_};
    for (Key i = 1; i <= 3; ++i) {
      em.create<Story>({.id = i});
      em.create<Photo>({.id = i});
      targets_.insert({Kind::story, i});
      targets_.insert({Kind::photo, i});
    }
    co_await em.flush();
  }

  int below(std::size_t bound) { return static_cast<int>(random_() % bound); }
  bool maybe() { return below(2) == 0; }
  void note(const std::string& step) { steps_ += "\n  " + step; }

  template <class Set>
  typename Set::value_type any_of(const Set& set) {
    auto at = set.begin();
    std::advance(at, below(set.size()));
    return *at;
  }
  static std::string to_text(const Model& model) {
    std::string text;
    for (const auto& [key, subject] : model) {
      text += " " + std::to_string(key) + ":" + orm::to_text(subject);
    }
    return text;
  }

  /// An applause that was not touched since the last flush: what several wishes about one mean is
  /// another test's.
  std::optional<Key> untouched() {
    std::vector<Key> free;
    for (const auto& [key, subject] : model_) {
      if (!touched_.contains(key)) free.push_back(key);
    }
    if (free.empty()) return std::nullopt;
    const Key key = any_of(free);
    touched_.insert(key);
    return key;
  }

  /// What the flush makes of an applause that leaves this subject for nothing.
  void leave(Key key, const Subject& before) {
    if (before.has_value() && before->first == Kind::story) {
      model_.erase(key);
    } else {
      model_[key] = std::nullopt;
    }
  }

  /// The collection of the target, loaded if so wanted, is what `use` gets.
  template <class Use>
  Task<void> with_collection(EntityManager& em, Target target, bool loads, const Use& use) {
    Collection<Applause>* collection = nullptr;
    if (target.first == Kind::story) {
      Story& story = co_await em.find_one_or_fail<Story>(target.second);
      collection = &story.applauses;
    } else {
      Photo& photo = co_await em.find_one_or_fail<Photo>(target.second);
      collection = &photo.applauses;
    }
    if (loads) co_await collection->load();
    use(*collection);
  }

  void refer(EntityManager& em, Applause& applause, const Subject& subject) {
    if (!subject.has_value()) {
      applause.subject = nullptr;
    } else if (subject->first == Kind::story) {
      applause.subject = em.reference<Story>(subject->second);
    } else {
      applause.subject = em.reference<Photo>(subject->second);
    }
  }

  void make(EntityManager& em) {
    const Key key = ++last_key_;
    Applause& made = em.create<Applause>({.id = key});
    const Subject subject = maybe() || targets_.empty() ? Subject{} : any_of(targets_);
    refer(em, made, subject);
    model_[key] = subject;
    touched_.insert(key);
    note("new " + std::to_string(key) + ":" + orm::to_text(subject));
  }

  Task<void> assign(EntityManager& em) {
    const std::optional<Key> key = untouched();
    if (!key.has_value()) co_return;
    Applause& applause = co_await em.find_one_or_fail<Applause>(*key);
    const Subject before = model_[*key];
    const Subject after = below(4) == 0 || targets_.empty() ? Subject{} : any_of(targets_);
    refer(em, applause, after);
    note(std::to_string(*key) + " = " + orm::to_text(after));
    if (after.has_value() || !before.has_value()) {
      model_[*key] = after;
    } else {
      leave(*key, before);
    }
  }

  Task<void> add(EntityManager& em) {
    const std::optional<Key> key = targets_.empty() ? std::nullopt : untouched();
    if (!key.has_value()) co_return;
    const Target target = any_of(targets_);
    const bool loads = maybe();
    const bool unread = maybe();
    Applause* applause = nullptr;
    if (!unread) applause = co_await em.find_one<Applause>(*key);
    note(orm::to_text(target) + (loads ? " (loaded)" : "") + " adds " + std::to_string(*key) +
         (unread ? " unread" : ""));
    const auto use = [&](Collection<Applause>& collection) {
      if (applause != nullptr) {
        collection.add(*applause);
      } else {
        collection.add(em.reference<Applause>(*key));
      }
    };
    Task<void> using_it = with_collection(em, target, loads, use);
    co_await std::move(using_it);
    model_[*key] = target;
  }

  Task<void> take_out(EntityManager& em) {
    const std::optional<Key> key = untouched();
    if (!key.has_value() || !model_[*key].has_value()) co_return;
    const Target target = *model_[*key];
    Applause& applause = co_await em.find_one_or_fail<Applause>(*key);
    const bool loads = maybe();
    note(orm::to_text(target) + (loads ? " (loaded)" : "") + " removes " + std::to_string(*key));
    const auto use = [&](Collection<Applause>& collection) { collection.remove(applause); };
    Task<void> using_it = with_collection(em, target, loads, use);
    co_await std::move(using_it);
    leave(*key, target);
  }

  /// Given as a whole, read before or not; of the items none was touched.
  Task<void> set_all(EntityManager& em) {
    if (targets_.empty()) co_return;
    const Target target = any_of(targets_);
    for (const auto& [key, subject] : model_) {
      if (touched_.contains(key) && (subject == Subject{target} || former_[key] == Subject{target}))
        co_return;
    }
    for (const Key key : gone_) {
      if (former_[key] == Subject{target}) co_return;
    }
    std::vector<Applause*> wanted;
    std::set<Key> keys;
    for (int i = below(3); i > 0; --i) {
      const std::optional<Key> key = untouched();
      if (!key.has_value()) break;
      wanted.push_back(co_await em.find_one<Applause>(*key));
      keys.insert(*key);
    }
    const bool loads = maybe();
    std::string text = orm::to_text(target) + (loads ? " (loaded)" : "") + " is set:";
    for (const Key key : keys) text += " " + std::to_string(key);
    note(text);
    const auto use = [&](Collection<Applause>& collection) { collection.set(wanted); };
    Task<void> using_it = with_collection(em, target, loads, use);
    co_await std::move(using_it);
    const Model before = model_;
    for (const auto& [key, subject] : before) {
      if (keys.contains(key)) {
        model_[key] = target;
      } else if (subject == Subject{target}) {
        touched_.insert(key);
        leave(key, subject);
      }
    }
  }

  Task<void> remove_applause(EntityManager& em) {
    const std::optional<Key> key = untouched();
    if (!key.has_value()) co_return;
    Applause& applause = co_await em.find_one_or_fail<Applause>(*key);
    em.remove(applause);
    model_.erase(*key);
    note("delete " + std::to_string(*key));
  }

  Task<void> remove_target(EntityManager& em) {
    if (targets_.size() < 2) co_return;
    const Target target = any_of(targets_);
    note("delete " + orm::to_text(target));
    if (target.first == Kind::story) {
      Story& story = co_await em.find_one_or_fail<Story>(target.second);
      em.remove(story);
    } else {
      Photo& photo = co_await em.find_one_or_fail<Photo>(target.second);
      em.remove(photo);
    }
    targets_.erase(target);
    const Model before = model_;
    for (const auto& [key, subject] : before) {
      if (subject != Subject{target}) continue;
      touched_.insert(key);
      leave(key, subject);
    }
  }

  void make_target(EntityManager& em) {
    if (targets_.size() > 8) return;
    const Key key = ++last_key_;
    const Target target{maybe() ? Kind::story : Kind::photo, key};
    if (target.first == Kind::story) {
      em.create<Story>({.id = key});
    } else {
      em.create<Photo>({.id = key});
    }
    // Referred to from the next flush on: until then it is found by nobody.
    fresh_targets_.push_back(target);
    note("new " + orm::to_text(target));
  }

  Task<void> edit(EntityManager& em) {
    const Model before = model_;
    const int how = below(16);
    if (how < 4) {
      make(em);
    } else if (how == 4) {
      make_target(em);
    } else {
      Task<void> editing = how < 7     ? assign(em)
                           : how < 10  ? add(em)
                           : how < 12  ? take_out(em)
                           : how < 14  ? set_all(em)
                           : how == 14 ? remove_applause(em)
                                       : remove_target(em);
      co_await std::move(editing);
    }
    for (const auto& [key, subject] : before) {
      if (!model_.contains(key)) gone_.insert(key);
    }
  }

  void begin_round() {
    touched_.clear();
    gone_.clear();
    former_ = model_;
    for (const Target& target : fresh_targets_) targets_.insert(target);
    fresh_targets_.clear();
  }

  static Subject subject_of(const Applause& applause) {
    if (applause.subject.is_null()) return std::nullopt;
    return Target{applause.subject.holds<Story>() ? Kind::story : Kind::photo,
                  applause.subject.key()};
  }

  void expect_items(const Collection<Applause>& collection, Target target) {
    if (!collection.is_loaded()) return;
    std::set<Key> shown;
    for (const Applause& applause : collection) shown.insert(applause.id);
    std::set<Key> expected;
    for (const auto& [key, subject] : model_) {
      if (subject == Subject{target}) expected.insert(key);
    }
    EXPECT_EQ(shown, expected) << "of " << orm::to_text(target) << steps_;
  }

  /// In the database, and in what the manager has.
  Task<void> verify(EntityManager& em) {
    EntityManager fresh{*source_};
    Model stored;
    const auto rows = co_await fresh.find<const Applause>();
    for (const Applause* row : rows) stored[row->id] = subject_of(*row);
    EXPECT_EQ(to_text(stored), to_text(model_)) << steps_;
    if (HasFailure() || maybe()) co_return;
    const auto path = populate<&Applause::subject>();
    const auto known = co_await em.find<Applause>(path);
    for (const Applause* applause : known) {
      EXPECT_EQ(orm::to_text(subject_of(*applause)), orm::to_text(model_[applause->id]))
          << applause->id << steps_;
      EXPECT_TRUE(applause->subject.is_loaded()) << applause->id << steps_;
    }
    const auto stories = co_await em.find<Story>();
    for (const Story* story : stories) expect_items(story->applauses, {Kind::story, story->id});
    const auto photos = co_await em.find<Photo>();
    for (const Photo* photo : photos) expect_items(photo->applauses, {Kind::photo, photo->id});
  }

  std::mt19937_64 random_;
  Model model_;
  Model former_;  // at the last flush
  std::set<Target> targets_;
  std::vector<Target> fresh_targets_;
  std::set<Key> touched_;
  std::set<Key> gone_;
  Key last_key_ = 100;
  std::string steps_;
};

TEST_F(RandomAnyRefs, EqualTheModelAfterEachFlush) {
  const std::uint64_t seed = number_from("ROOST_RANDOM_SEED", 20'261'123);
  const std::uint64_t flushes = number_from("ROOST_RANDOM_FLUSHES", 150);
  std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
  random_.seed(seed);
  run([&]() -> Task<void> {
    EntityManager em{*source_};
    for (std::uint64_t i = 0; i < flushes && !HasFailure(); ++i) {
      if (below(6) == 0) {
        em = EntityManager{*source_};
        note("a fresh manager");
      }
      begin_round();
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
