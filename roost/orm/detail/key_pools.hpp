// Numbers for keys that the database gave out ahead of time, so that rows that refer to new ones
// need not wait for them.
#pragma once

#include <roost/orm/metadata.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

namespace roost::orm::detail {

/// Keys that one flush has for the new rows of a class.
struct ReservedKeys {
  const EntityMetadata* root = nullptr;
  std::string table;  // as SQL writes it
  std::deque<std::int64_t> numbers;
  std::size_t needed = 0;
  std::uint64_t generation = 0;  // of the pools, when they were asked
};

/// Of a data source; by table, as a class may stand in several schemas. Thread-safe. Each number is
/// given to one flush; those of a flush that fails are lost, which leaves gaps.
class KeyPools {
 public:
  /// Fills `numbers` with up to `needed`, the smallest first.
  void take(ReservedKeys& keys);
  /// For others: numbers of the sequence that `keys` were taken from. Dropped when the pools were
  /// cleared since.
  void put(const ReservedKeys& keys, const std::deque<std::int64_t>& numbers);

  /// True for one caller at a time, when fewer than half a block is left: it is to ask for another
  /// one, and says when it has, or has failed.
  [[nodiscard]] bool begin_refill(const std::string& table, std::size_t block);
  void end_refill(const std::string& table);

  /// For tables that are made anew, whose sequences begin again.
  void clear();

 private:
  struct Pool {
    std::deque<std::int64_t> numbers;
    bool refilling = false;
  };
  std::mutex mutex_;
  std::unordered_map<std::string, Pool> pools_;
  std::uint64_t generation_ = 0;  // how often they were cleared
};

}  // namespace roost::orm::detail
