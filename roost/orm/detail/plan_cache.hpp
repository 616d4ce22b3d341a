// Statements of finds and inserts by their shape: everything but the bound values. What was asked
// before builds no text.
#pragma once

#include <roost/orm/detail/select_builder.hpp>
#include <roost/sql/statement.hpp>
#include <roost/sql/value.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace roost::orm::detail {

/// What a SELECT is and how its rows are read; of an INSERT text and types alone. Immutable.
struct SelectPlan {
  std::string key;
  std::string text;
  std::vector<db::ValueType> types;
  std::vector<SelectNode> nodes;
  std::uint64_t hash = 0;  // of the statement
  std::size_t owner_columns = 0;
  bool repeats = false;

  [[nodiscard]] db::Statement statement(db::StatementKind kind) const {
    db::Statement made{text, types, kind};
    made.hash = hash;
    return made;
  }
};

/// Safe from every thread; reading takes no lock. Plans are never given up, so that their number is
/// bounded: what comes when it is full is built each time.
class PlanCache {
 public:
  PlanCache() = default;
  PlanCache(const PlanCache&) = delete;
  PlanCache& operator=(const PlanCache&) = delete;
  ~PlanCache();

  /// Null when there is none with this key.
  [[nodiscard]] const SelectPlan* find(std::string_view key) const;
  /// Keeps the plan if there is room; the one to use. `spare` holds it when it was not kept.
  const SelectPlan* keep(std::unique_ptr<SelectPlan> plan, std::unique_ptr<SelectPlan>& spare);

 private:
  static constexpr std::size_t slot_count = 4096;
  static constexpr std::size_t most_probes = 16;

  [[nodiscard]] static std::size_t slot_of(std::string_view key);

  std::array<std::atomic<const SelectPlan*>, slot_count> slots_{};
};

}  // namespace roost::orm::detail
