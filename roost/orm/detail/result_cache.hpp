// Results of SELECTs that a data source remembers for a while: what
// cache_for(…) asks for.
#pragma once

#include <roost/sql/result.hpp>
#include <roost/sql/statement.hpp>
#include <roost/sql/value.hpp>

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

namespace roost::orm::detail {

/// Keyed by the statement and its values, so that whatever a find depends on
/// counts: conditions, filters, order, page. Holds at most `most_bytes`; the
/// longest unused go first. Thread-safe: rows are copied when they are
/// remembered, and never changed after that.
class ResultCache {
 public:
  static constexpr std::size_t most_bytes = std::size_t{16} << 20;

  explicit ResultCache(std::size_t limit = most_bytes) : limit_{limit} {}

  [[nodiscard]] static std::string key_of(const db::Statement& statement,
                                          std::span<const db::ValueView> values);

  /// What is remembered and has not expired.
  [[nodiscard]] std::optional<db::Result> find(std::string_view key);
  /// Remembers it for so many milliseconds. What is larger than the whole cache
  /// is not kept.
  void keep(std::string key, std::string_view name, std::uint64_t milliseconds,
            const db::Result& result);
  /// Forgets what was remembered under this name.
  void clear(std::string_view name);
  void clear();
  [[nodiscard]] std::size_t bytes() const;

  struct Rows;

 private:
  struct Entry {
    std::string key;
    std::string name;
    std::int64_t expires = 0;  // nanoseconds of the steady clock
    std::shared_ptr<const Rows> rows;
    std::size_t size = 0;
  };
  using Entries = std::list<Entry>;

  void erase(Entries::iterator entry);

  mutable std::mutex mutex_;
  Entries entries_;  // last used first
  std::unordered_map<std::string_view, Entries::iterator> by_key_;
  std::size_t bytes_ = 0;
  std::size_t limit_;
};

}  // namespace roost::orm::detail
