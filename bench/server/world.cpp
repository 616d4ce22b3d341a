#include "world.hpp"

#include <roost/async/when_all.hpp>

#include <algorithm>
#include <random>
#include <string_view>
#include <utility>
#include <vector>

using roost::Task;
using roost::orm::EntityManager;

namespace {

struct Count {
  int queries = 1;
};

int random_id() {
  thread_local std::minstd_rand generator{std::random_device{}()};
  return std::uniform_int_distribution{1, 10'000}(generator);
}

class WorldService {
 public:
  using scope = roost::request_scoped;

  explicit WorldService(EntityManager& em) : em_{em} {}

  Task<World&> one() { co_return co_await em_.find_one_or_fail<World>(random_id()); }
  Task<const World&> one_read_only() {
    co_return co_await em_.find_one_or_fail<const World>(random_id());
  }

  /// One SELECT each, as the comparison wants it.
  Task<std::vector<World*>> many(int count) {
    const auto size = static_cast<std::size_t>(std::clamp(count, 1, 500));
    std::vector<int> ids;  // different ones
    ids.reserve(size);
    while (ids.size() < size) {
      const int id = random_id();
      if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
    }
    std::vector<Task<World*>> finds;
    finds.reserve(size);
    for (const int id : ids) finds.push_back(em_.find_one<World>(id));
    co_return co_await roost::when_all(std::move(finds));
  }

  Task<std::vector<World*>> update(int count) {
    std::vector<World*> worlds = co_await many(count);
    for (World* world : worlds) {
      int next = random_id();
      while (next == world->random_number) next = random_id();  // a real change every time
      world->random_number = next;
    }
    co_await em_.flush();
    co_return worlds;
  }

  Task<std::vector<const Fortune*>> fortunes() { return em_.find<const Fortune>(); }

 private:
  EntityManager& em_;
};

class WorldController {
 public:
  explicit WorldController(WorldService& worlds) : worlds_{worlds} {}

  Task<World&> one() { return worlds_.one(); }
  Task<const World&> one_read_only() { return worlds_.one_read_only(); }
  Task<std::vector<World*>> many(roost::Query<Count> query) { return worlds_.many(query->queries); }
  Task<std::vector<World*>> update(roost::Query<Count> query) {
    return worlds_.update(query->queries);
  }

  static constexpr auto routes =
      roost::controller("", roost::get<&WorldController::one>("db"),
                        roost::get<&WorldController::one_read_only>("db-read-only"),
                        roost::get<&WorldController::many>("queries"),
                        roost::get<&WorldController::update>("updates"));

 private:
  WorldService& worlds_;
};

void append_escaped(std::string_view text, std::string& out) {
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
}

class FortunesController {
 public:
  explicit FortunesController(WorldService& worlds) : worlds_{worlds} {}

  Task<roost::Response> page() {
    const Fortune added{.id = 0, .message = "Additional fortune added at request time."};
    std::vector<const Fortune*> fortunes = co_await worlds_.fortunes();
    fortunes.push_back(&added);
    std::sort(fortunes.begin(), fortunes.end(),
              [](const Fortune* a, const Fortune* b) { return a->message < b->message; });
    std::string html =
        "<!DOCTYPE html><html><head><title>Fortunes</title></head><body><table>"
        "<tr><th>id</th><th>message</th></tr>";
    for (const Fortune* fortune : fortunes) {
      html += "<tr><td>";
      html += std::to_string(fortune->id);
      html += "</td><td>";
      append_escaped(fortune->message, html);
      html += "</td></tr>";
    }
    html += "</table></body></html>";
    co_return roost::Response(200).body("text/html; charset=utf-8", std::move(html));
  }

  static constexpr auto routes =
      roost::controller("fortunes", roost::get<&FortunesController::page>());

 private:
  WorldService& worlds_;
};

}  // namespace

roost::ModuleDef WorldModule::define() {
  return roost::module<WorldModule>(roost::controllers<WorldController, FortunesController>(),
                                    roost::providers<WorldService>());
}
