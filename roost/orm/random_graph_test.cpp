// Random graphs and edits of several managers at once, flushed and read back, against models in
// plain maps. The seed is printed; ROOST_RANDOM_SEED, ROOST_RANDOM_MANAGERS and
// ROOST_RANDOM_FLUSHES (of each manager) make another or a longer run.
#include <roost/async/when_all.hpp>
#include <roost/base/uuid.hpp>
#include <roost/orm/case_fixture_impl.hpp>

#include <algorithm>
#include <cstdlib>
#include <deque>
#include <map>
#include <random>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace roost::orm {
namespace {

struct Team;
struct Player;
struct Label;

struct Badge {
  std::int64_t id{};
  int handle = 0;
  std::string name{};
  Ref<Player> player{};
  static constexpr auto meta =
      orm::entity("badges", primary_key<&Badge::id>(), unique<&Badge::name>(),
                  one_to_one<&Badge::player>(nullable));
};
struct Player {
  std::int64_t id{};
  int handle = 0;
  std::string name{};
  int version{};
  Ref<Team> team{};
  Ref<Badge> badge{};
  static constexpr auto meta =
      orm::entity("players", primary_key<&Player::id>(), versioned_by<&Player::version>(),
                  many_to_one<&Player::team>(on_delete(cascade)),
                  one_to_one<&Player::badge>(mapped_by<&Badge::player>, with_key));
};
struct Fan {
  Uuid id{};
  int handle = 0;
  std::string name{};
  Ref<Team> team{};
  Ref<Fan> parent{};
  static constexpr auto meta =
      orm::entity("fans", primary_key<&Fan::id>(), many_to_one<&Fan::team>(nullable),
                  many_to_one<&Fan::parent>(nullable));
};
struct Team {
  std::int64_t id{};
  int handle = 0;
  std::string name{};
  Ref<Player> captain{};
  Collection<Player> players{};
  Collection<Fan> fans{};
  Collection<Label> labels{};
  static constexpr auto meta = orm::entity(
      "teams", primary_key<&Team::id>(), many_to_one<&Team::captain>(nullable),
      one_to_many<&Team::players>(mapped_by<&Player::team>, cascade_all, orphan_removal),
      one_to_many<&Team::fans>(mapped_by<&Fan::team>), many_to_many<&Team::labels>());
};
struct Label {
  std::int64_t id{};
  int handle = 0;
  std::string name{};
  Collection<Team> teams{};
  static constexpr auto meta =
      orm::entity("labels", primary_key<&Label::id>(), unique<&Label::name>(),
                  many_to_many<&Label::teams>(mapped_by<&Team::labels>));
};

enum class Kind { team, player, fan, badge, label };
constexpr int nobody = -1;

/// What the model knows of one entity; others are said by their handles.
struct Row {
  Kind kind = Kind::team;
  std::string name{};
  int team = nobody;   // of a player or fan
  int other = nobody;  // of a team: its captain; of a fan: its parent; of a badge: its player
  std::set<int> labels{};

  friend bool operator==(const Row&, const Row&) = default;
};
using Model = std::map<int, Row>;

std::string to_text(const Model& model) {
  std::string text;
  for (const auto& [handle, row] : model) {
    text += "\n  " + std::to_string(handle) + ": " + "TPFBL"[static_cast<int>(row.kind)] + " '" +
            row.name + "' team " + std::to_string(row.team) + " other " +
            std::to_string(row.other) + " labels";
    for (const int label : row.labels) text += ' ' + std::to_string(label);
  }
  return text;
}

std::uint64_t from_environment(const char* name, std::uint64_t fallback) {
  const char* text = std::getenv(name);
  return text == nullptr ? fallback : std::strtoull(text, nullptr, 10);
}

/// What one manager does to the rows that belong to it: those with handles from its first one on,
/// and unique names that begin with its number.
class RandomGraph {
 public:
  RandomGraph(const DataSource& source, std::uint64_t seed, int number)
      : source_{source},
        em_{source},
        random_{seed * 1000 + static_cast<std::uint64_t>(number)},
        prefix_{std::to_string(number) + "n"},
        first_{number * handles_of_one + 1},
        next_{first_} {}

  [[nodiscard]] bool failed() const { return failed_; }
  [[nodiscard]] std::uint64_t flushes() const { return flushes_; }
  [[nodiscard]] std::uint64_t refused() const { return refused_; }
  [[nodiscard]] std::uint64_t rolled_back() const { return rolled_back_; }

  /// Some edits, then a flush, alone or in a transaction that may be rolled back.
  Task<void> round() {
    const int turn = below(12);
    if (turn == 0) forget_all();
    if (turn < 3) {
      Task<void> transaction = in_transaction();
      co_await std::move(transaction);
    } else {
      Task<void> editing = edits(1 + below(8));
      co_await std::move(editing);
    }
    if (failed_) co_return;
    Task<void> flushing = flush();
    co_await std::move(flushing);
    if (failed_) co_return;
    Task<void> verifying = verify();
    co_await std::move(verifying);
  }

 private:
  struct Undone : std::exception {};
  static constexpr int handles_of_one = 100'000'000;

  int below(int bound) { return static_cast<int>(random_() % static_cast<unsigned>(bound)); }

  void note(std::string step) {
    steps_.push_back(std::move(step));
    if (steps_.size() > 60) steps_.pop_front();
  }
  void fail(const std::string& what) {
    if (failed_) return;
    failed_ = true;
    std::string last;
    for (const std::string& step : steps_) last += "\n  " + step;
    ADD_FAILURE() << what << "\nexpected:" << to_text(current_) << "\nlast steps:" << last;
  }

  void forget_all() {
    note("a fresh manager");
    em_ = EntityManager{source_};
    current_ = flushed_;
    teams_.clear();
    players_.clear();
    fans_.clear();
    badges_.clear();
    labels_.clear();
  }

  [[nodiscard]] int any(Kind kind) {
    std::vector<int> handles;
    for (const auto& [handle, row] : current_) {
      if (row.kind == kind) handles.push_back(handle);
    }
    return handles.empty()
               ? nobody
               : handles[static_cast<std::size_t>(below(static_cast<int>(handles.size())))];
  }
  [[nodiscard]] std::vector<int> all_in(Kind kind, int team) const {
    std::vector<int> handles;
    for (const auto& [handle, row] : current_) {
      if (row.kind == kind && row.team == team) handles.push_back(handle);
    }
    return handles;
  }

  template <class T>
  Task<T*> get(std::map<int, T*>& known, int handle) {
    const auto found = known.find(handle);
    if (found != known.end()) co_return found->second;
    T* entity = co_await em_.find_one<T>(f<&T::handle> == handle);
    if (entity == nullptr) {
      fail("row " + std::to_string(handle) + " is not there");
      throw std::logic_error("stopped");
    }
    known[handle] = entity;
    co_return entity;
  }
  Task<Team*> team(int handle) { return get(teams_, handle); }
  Task<Player*> player(int handle) { return get(players_, handle); }
  Task<Fan*> fan(int handle) { return get(fans_, handle); }
  Task<Badge*> badge(int handle) { return get(badges_, handle); }
  Task<Label*> label(int handle) { return get(labels_, handle); }

  std::string name_of_few() { return prefix_ + std::to_string(below(60)); }

  Task<void> edits(int count) {
    for (int i = 0; i < count && !must_flush_ && !failed_; ++i) {
      Task<void> editing = edit();
      co_await std::move(editing);
      if (below(3) == 0) check_sides();
    }
  }

  Task<void> edit() {
    switch (below(16)) {
      case 0:
      case 1:
      case 2:
        return create();
      case 3:
      case 4:
        return rename();
      case 5:
      case 6:
        return move_player();
      case 7:
        return set_captain();
      case 8:
        return set_badge();
      case 9:
        return set_parent();
      case 10:
      case 11:
        return edit_fans();
      case 12:
      case 13:
        return edit_labels();
      case 14:
        return orphan();
      default:
        return remove();
    }
  }

  Task<void> create() {
    if (current_.size() > 40) co_return;
    const int handle = next_++;
    Row row;
    row.kind = static_cast<Kind>(below(5));
    row.name = name_of_few();
    const int of = any(Kind::team);
    if (row.kind == Kind::player && of == nobody) row.kind = Kind::team;
    note("create " + std::to_string(handle) + " kind " +
         std::to_string(static_cast<int>(row.kind)) + " team " + std::to_string(of));
    if (row.kind == Kind::team) {
      teams_[handle] = &em_.create<Team>({.handle = handle, .name = row.name});
    } else if (row.kind == Kind::player) {
      Team* into = co_await team(of);
      row.team = of;
      if (below(2) == 0) {
        players_[handle] = &em_.create<Player>({.handle = handle, .name = row.name, .team = *into});
      } else {
        players_[handle] = &into->players.add(Player{.handle = handle, .name = row.name});
      }
    } else if (row.kind == Kind::fan) {
      Fan& made = em_.create<Fan>({.handle = handle, .name = row.name});
      fans_[handle] = &made;
      if (of != nobody && below(2) == 0) {
        Team* into = co_await team(of);
        made.team = *into;
        row.team = of;
      }
    } else if (row.kind == Kind::badge) {
      badges_[handle] = &em_.create<Badge>({.handle = handle, .name = row.name});
    } else {
      labels_[handle] = &em_.create<Label>({.handle = handle, .name = row.name});
    }
    current_[handle] = row;
  }

  Task<void> rename() {
    const Kind kind = static_cast<Kind>(below(5));
    const int handle = any(kind);
    if (handle == nobody) co_return;
    const std::string name = name_of_few();
    note("rename " + std::to_string(handle) + " to " + name);
    Task<void> renaming = set_name(kind, handle, name);
    co_await std::move(renaming);
  }

  Task<void> set_name(Kind kind, int handle, std::string name) {
    if (kind == Kind::team) {
      Team* entity = co_await team(handle);
      entity->name = name;
    } else if (kind == Kind::player) {
      Player* entity = co_await player(handle);
      entity->name = name;
    } else if (kind == Kind::fan) {
      Fan* entity = co_await fan(handle);
      entity->name = name;
    } else if (kind == Kind::badge) {
      Badge* entity = co_await badge(handle);
      entity->name = name;
    } else {
      Label* entity = co_await label(handle);
      entity->name = name;
    }
    current_[handle].name = std::move(name);
  }

  Task<void> move_player() {
    const int who = any(Kind::player);
    const int to = any(Kind::team);
    if (who == nobody) co_return;
    Player* moved = co_await player(who);
    Team* into = co_await team(to);
    const int how = below(3);
    note("move player " + std::to_string(who) + " to " + std::to_string(to) + " how " +
         std::to_string(how));
    if (how == 0) {
      moved->team = *into;
    } else {
      if (how == 1) co_await into->players.load();
      into->players.add(*moved);
    }
    current_[who].team = to;
  }

  Task<void> set_captain() {
    const int of = any(Kind::team);
    const int who = any(Kind::player);
    if (of == nobody) co_return;
    Team* led = co_await team(of);
    note("captain of " + std::to_string(of) + ": " + std::to_string(who));
    if (who == nobody || below(3) == 0) {
      led->captain = nullptr;
      current_[of].other = nobody;
      co_return;
    }
    Player* captain = co_await player(who);
    led->captain = *captain;
    current_[of].other = who;
  }

  Task<void> set_badge() {
    const int what = any(Kind::badge);
    const int who = any(Kind::player);
    if (what == nobody) co_return;
    Badge* worn = co_await badge(what);
    const int how = who == nobody ? 0 : below(4);
    note("badge " + std::to_string(what) + " to player " + std::to_string(who) + " how " +
         std::to_string(how));
    if (how == 0) {
      worn->player = nullptr;
      current_[what].other = nobody;
      co_return;
    }
    Player* wearer = co_await player(who);
    for (auto& [handle, row] : current_) {
      if (row.kind == Kind::badge && row.other == who) row.other = nobody;
    }
    if (how == 1) {
      wearer->badge = nullptr;
      co_return;
    }
    current_[what].other = who;
    if (how == 2) {
      worn->player = *wearer;
    } else {
      wearer->badge = *worn;
    }
  }

  Task<void> set_parent() {
    const int child = any(Kind::fan);
    const int parent = any(Kind::fan);
    if (child == nobody) co_return;
    Fan* entity = co_await fan(child);
    note("parent of " + std::to_string(child) + ": " + std::to_string(parent));
    if (below(3) == 0) {
      entity->parent = nullptr;
      current_[child].other = nobody;
      co_return;
    }
    Fan* above = co_await fan(parent);
    entity->parent = *above;
    current_[child].other = parent;
  }

  Task<void> edit_fans() {
    const int of = any(Kind::team);
    const int who = any(Kind::fan);
    if (of == nobody || who == nobody) co_return;
    Team* entity = co_await team(of);
    Fan* one = co_await fan(who);
    if (below(2) == 0) co_await entity->fans.load();
    const bool loaded = entity->fans.is_loaded();
    const int how = below(5);
    note("fans of " + std::to_string(of) + (loaded ? " loaded" : " unloaded") + " how " +
         std::to_string(how) + " with " + std::to_string(who));
    if (how == 0) {
      one->team = *entity;
      current_[who].team = of;
    } else if (how == 1) {
      entity->fans.add(*one);
      current_[who].team = of;
    } else if (how == 2) {
      if (current_[who].team != of) co_return;
      entity->fans.remove(*one);
      current_[who].team = nobody;
    } else if (how == 3) {
      entity->fans.clear();
      for (const int fan : all_in(Kind::fan, of)) current_[fan].team = nobody;
      must_flush_ = !loaded;
    } else {
      const int second = any(Kind::fan);
      Fan* two = co_await fan(second);
      entity->fans.set(std::vector<Fan*>{one, two});
      for (const int fan : all_in(Kind::fan, of)) current_[fan].team = nobody;
      current_[who].team = of;
      current_[second].team = of;
      must_flush_ = !loaded;
    }
  }

  Task<void> edit_labels() {
    const int of = any(Kind::team);
    const int what = any(Kind::label);
    if (of == nobody || what == nobody) co_return;
    Team* entity = co_await team(of);
    Label* one = co_await label(what);
    if (below(2) == 0) co_await entity->labels.load();
    if (below(3) == 0) co_await one->teams.load();
    const bool loaded = entity->labels.is_loaded();
    const int how = below(8);
    note("labels of " + std::to_string(of) + (loaded ? " loaded" : " unloaded") + " how " +
         std::to_string(how) + " with " + std::to_string(what) +
         (one->teams.is_loaded() ? " loaded" : " unloaded"));
    std::set<int>& labels = current_[of].labels;
    if (how <= 1) {
      entity->labels.add(*one);
      labels.insert(what);
    } else if (how == 2) {
      one->teams.add(*entity);
      labels.insert(what);
    } else if (how == 3) {
      entity->labels.remove(*one);
      labels.erase(what);
    } else if (how == 4) {
      one->teams.remove(*entity);
      labels.erase(what);
    } else if (how == 5) {
      entity->labels.clear();
      labels.clear();
      must_flush_ = !loaded;
    } else if (how == 6) {
      const bool whole = one->teams.is_loaded();
      one->teams.set(std::vector<Team*>{entity});
      for (auto& [handle, row] : current_) row.labels.erase(what);
      current_[of].labels.insert(what);
      must_flush_ = !whole;
    } else {
      const int second = any(Kind::label);
      Label* two = co_await label(second);
      entity->labels.set(std::vector<Label*>{one, two});
      labels = {what, second};
      must_flush_ = !loaded;
    }
  }

  Task<void> orphan() {
    const int who = any(Kind::player);
    if (who == nobody) co_return;
    const std::set<int> gone{who};
    if (is_needed(gone)) co_return;
    Team* of = co_await team(current_[who].team);
    Player* leaving = co_await player(who);
    if (below(2) == 0) co_await of->players.load();
    note("orphan " + std::to_string(who));
    of->players.remove(*leaving);
    drop(gone);
  }

  /// A new entity that is removed must not be reached from others: it would be inserted again.
  [[nodiscard]] bool is_needed(const std::set<int>& gone) const {
    const auto is_new = [this](int handle) {
      return flushed_.count(handle) == 0 || (kept_ != nullptr && kept_->count(handle) == 0);
    };
    for (const auto& [handle, row] : current_) {
      if (gone.count(handle) != 0) continue;
      for (const int target : {row.team, row.other}) {
        if (gone.count(target) != 0 && is_new(target)) return true;
      }
      for (const int label : row.labels) {
        if (gone.count(label) != 0 && is_new(label)) return true;
      }
      if (gone.count(handle) == 0 && row.kind == Kind::label) {
        for (const int team : gone) {
          const auto found = current_.find(team);
          if (found->second.labels.count(handle) != 0 && is_new(team)) return true;
        }
      }
    }
    return false;
  }

  void drop(const std::set<int>& gone) {
    for (const int handle : gone) {
      current_.erase(handle);
      teams_.erase(handle);
      players_.erase(handle);
      fans_.erase(handle);
      badges_.erase(handle);
      labels_.erase(handle);
    }
    for (auto& [handle, row] : current_) {
      if (gone.count(row.team) != 0) row.team = nobody;
      if (gone.count(row.other) != 0) row.other = nobody;
      for (const int other : gone) row.labels.erase(other);
    }
  }

  Task<void> remove() {
    const int handle = any(static_cast<Kind>(below(5)));
    if (handle == nobody) co_return;
    const Kind kind = current_[handle].kind;
    std::set<int> gone{handle};
    if (kind == Kind::team) {
      for (const int player : all_in(Kind::player, handle)) gone.insert(player);
    }
    if (is_needed(gone)) co_return;
    note("remove " + std::to_string(handle));
    if (kind == Kind::team) {
      Team* entity = co_await team(handle);
      // What the database removes by itself is not noticed by those that are here.
      co_await entity->players.load();
      em_.remove(*entity);
    } else if (kind == Kind::player) {
      Player* entity = co_await player(handle);
      em_.remove(*entity);
    } else if (kind == Kind::fan) {
      Fan* entity = co_await fan(handle);
      em_.remove(*entity);
    } else if (kind == Kind::badge) {
      Badge* entity = co_await badge(handle);
      em_.remove(*entity);
    } else {
      Label* entity = co_await label(handle);
      em_.remove(*entity);
    }
    drop(gone);
  }

  Task<void> in_transaction() {
    const bool undo = below(2) == 0;
    note(undo ? "a transaction that is rolled back" : "a transaction");
    const Model before = flushed_;
    const auto body = [&](EntityManager&) -> Task<void> {
      Task<void> first = edits(1 + below(5));
      co_await std::move(first);
      if (failed_) co_return;
      Task<void> flushing = flush();
      co_await std::move(flushing);
      if (failed_) co_return;
      Task<void> second = edits(below(4));
      co_await std::move(second);
      if (failed_) co_return;
      // The commit flushes; so that it cannot fail, what is doubled is settled before.
      if (!undo) {
        Task<void> last = flush();
        co_await std::move(last);
      }
      if (undo) throw Undone{};
    };
    bool undone = false;
    in_transaction_ = true;
    kept_ = undo ? &before : nullptr;
    try {
      co_await em_.transactional(body);
    } catch (const Undone&) {
      undone = true;
    }
    in_transaction_ = false;
    kept_ = nullptr;
    if (!undone) co_return;
    ++rolled_back_;
    flushed_ = before;
    must_flush_ = true;  // nothing is read before what was undone is written again
  }

  [[nodiscard]] std::vector<int> doubled() const {
    std::vector<int> handles;
    std::set<std::pair<Kind, std::string>> names;
    for (const auto& [handle, row] : current_) {
      if (row.kind != Kind::badge && row.kind != Kind::label) continue;
      if (!names.insert({row.kind, row.name}).second) handles.push_back(handle);
    }
    return handles;
  }

  Task<void> flush() {
    check_sides();
    std::vector<int> twins = doubled();
    // Inside a transaction a failed statement ends it on PostgreSQL: settled before.
    const bool expected = !twins.empty() && !in_transaction_;
    if (expected) {
      note("a flush that must fail");
      bool refused = false;
      try {
        co_await em_.flush();
      } catch (const db::UniqueViolation&) {
        refused = true;
      } catch (const std::exception& error) {
        fail(std::string{"a flush that doubles a name failed otherwise: "} + error.what());
        co_return;
      }
      if (!refused) {
        fail("a doubled name was accepted");
        co_return;
      }
      ++refused_;
    }
    for (const int handle : twins) {
      const std::string name = prefix_ + " unique " + std::to_string(next_++);
      note("settle " + std::to_string(handle) + " as " + name);
      Task<void> renaming = set_name(current_[handle].kind, handle, name);
      co_await std::move(renaming);
    }
    note("flush");
    std::string failure;
    try {
      co_await em_.flush();
    } catch (const std::exception& error) {
      failure = error.what();
    }
    if (!failure.empty()) {
      fail("the flush failed: " + failure);
      co_return;
    }
    ++flushes_;
    flushed_ = current_;
    must_flush_ = false;
    check_sides();
  }

  /// Collections and references that are here say what the model says.
  void check_sides() {
    for (const auto& [handle, entity] : teams_) {
      if (entity->players.is_loaded()) {
        compare(handle, "players", entity->players, all_in(Kind::player, handle));
      }
      if (entity->fans.is_loaded()) {
        compare(handle, "fans", entity->fans, all_in(Kind::fan, handle));
      }
      if (entity->labels.is_loaded()) {
        const std::set<int>& labels = current_[handle].labels;
        compare(handle, "labels", entity->labels, {labels.begin(), labels.end()});
      }
    }
    for (const auto& [handle, entity] : labels_) {
      if (!entity->teams.is_loaded()) continue;
      std::vector<int> of;
      for (const auto& [team, row] : current_) {
        if (row.labels.count(handle) != 0) of.push_back(team);
      }
      compare(handle, "teams", entity->teams, of);
    }
    for (const auto& [handle, entity] : players_) {
      int worn = nobody;
      for (const auto& [badge, row] : current_) {
        if (row.kind == Kind::badge && row.other == handle) worn = badge;
      }
      const bool null = entity->badge.is_null();
      if (!null && !entity->badge.is_loaded()) continue;
      const int seen = null ? nobody : entity->badge->handle;
      // One that is being removed stands there until the flush.
      if (seen != worn && (seen == nobody || current_.count(seen) != 0)) {
        fail("player " + std::to_string(handle) + " wears " + std::to_string(seen) + ", not " +
             std::to_string(worn));
      }
    }
  }

  template <class T>
  void compare(int owner, const char* what, const Collection<T>& items,
               const std::vector<int>& expected) {
    std::set<int> seen;
    for (const T& item : items) {
      if (current_.count(item.handle) == 0) continue;
      if (!seen.insert(item.handle).second) fail(std::string{what} + " holds an item twice");
    }
    if (seen == std::set<int>{expected.begin(), expected.end()}) return;
    std::string text;
    for (const int handle : seen) text += ' ' + std::to_string(handle);
    fail(std::string{what} + " of " + std::to_string(owner) + " are" + text);
  }

  template <auto Handle>
  [[nodiscard]] auto mine() const {
    return f<Handle> >= first_ && f<Handle> < first_ + handles_of_one;
  }

  Task<void> verify() {
    EntityManager reader{source_};
    const auto teams = co_await reader.find<Team>(mine<&Team::handle>(), populate<&Team::labels>(),
                                                  populate<&Team::captain>());
    const auto players =
        co_await reader.find<Player>(mine<&Player::handle>(), populate<&Player::team>());
    const auto fans = co_await reader.find<Fan>(mine<&Fan::handle>(), populate<&Fan::team>(),
                                                populate<&Fan::parent>());
    const auto badges =
        co_await reader.find<Badge>(mine<&Badge::handle>(), populate<&Badge::player>());
    const auto labels = co_await reader.find<const Label>(mine<&Label::handle>());
    Model stored;
    for (const Team* team : teams) {
      Row& row = stored[team->handle];
      row = {Kind::team, team->name};
      if (team->captain) row.other = team->captain->handle;
      for (const Label& label : team->labels) row.labels.insert(label.handle);
    }
    for (const Player* player : players) {
      stored[player->handle] = {Kind::player, player->name, player->team->handle};
    }
    for (const Fan* fan : fans) {
      Row& row = stored[fan->handle];
      row = {Kind::fan, fan->name};
      if (fan->team) row.team = fan->team->handle;
      if (fan->parent) row.other = fan->parent->handle;
    }
    for (const Badge* badge : badges) {
      Row& row = stored[badge->handle];
      row = {Kind::badge, badge->name};
      if (badge->player) row.other = badge->player->handle;
    }
    for (const Label* label : labels) stored[label->handle] = {Kind::label, label->name};
    if (stored != flushed_) fail("the database has:" + to_text(stored));
  }

  const DataSource& source_;
  EntityManager em_;
  std::mt19937_64 random_;
  std::string prefix_;
  int first_;
  int next_;
  Model current_;                // what the application did
  Model flushed_;                // what the database has
  const Model* kept_ = nullptr;  // what it will have once the transaction is rolled back
  std::map<int, Team*> teams_;
  std::map<int, Player*> players_;
  std::map<int, Fan*> fans_;
  std::map<int, Badge*> badges_;
  std::map<int, Label*> labels_;
  std::deque<std::string> steps_;
  bool must_flush_ = false;
  bool in_transaction_ = false;
  bool failed_ = false;
  std::uint64_t flushes_ = 0;
  std::uint64_t refused_ = 0;
  std::uint64_t rolled_back_ = 0;
};

class RandomGraphTest : public CaseTest {
 protected:
  // In this order a player would come before its team if references that may be empty counted.
  RandomGraphTest() : CaseTest(entities<Player, Team, Fan, Badge, Label>()) {}

  Task<void> run_of(RandomGraph& graph, std::uint64_t wanted) {
    while (!graph.failed() && graph.flushes() < wanted) {
      Task<void> round = graph.round();
      co_await std::move(round);
      static_cast<void>(sent());
    }
  }
};

TEST_F(RandomGraphTest, WhatIsFlushedEqualsTheModel) {
  const std::uint64_t seed = from_environment("ROOST_RANDOM_SEED", 20261122);
  const std::uint64_t wanted = from_environment("ROOST_RANDOM_FLUSHES", 200);
  const auto managers = static_cast<int>(from_environment("ROOST_RANDOM_MANAGERS", 8));
  std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
  run([&]() -> Task<void> {
    std::deque<RandomGraph> graphs;
    std::vector<Task<void>> runs;
    for (int number = 0; number < managers; ++number) {
      graphs.emplace_back(*source_, seed, number);
      runs.push_back(run_of(graphs.back(), wanted));
    }
    co_await when_all(std::move(runs));
    std::uint64_t flushes = 0;
    std::uint64_t refused = 0;
    std::uint64_t rolled_back = 0;
    for (const RandomGraph& graph : graphs) {
      flushes += graph.flushes();
      refused += graph.refused();
      rolled_back += graph.rolled_back();
    }
    std::printf("%llu flushes, %llu refused, %llu rolled back\n",
                static_cast<unsigned long long>(flushes), static_cast<unsigned long long>(refused),
                static_cast<unsigned long long>(rolled_back));
    EXPECT_GE(flushes, wanted * graphs.size());
  });
}

}  // namespace
}  // namespace roost::orm
