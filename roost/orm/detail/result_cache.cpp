// The remembering of results.
#include <roost/orm/detail/arena.hpp>
#include <roost/orm/detail/result_cache.hpp>
#include <roost/orm/detail/snapshot.hpp>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <utility>
#include <vector>

namespace roost::orm::detail {

using db::ValueType;
using db::ValueView;

/// Immutable once it is made, so that any number of threads may read it.
struct ResultCache::Rows {
  std::vector<std::string> columns;
  std::vector<ValueView> values;  // row by row, in the arena
  std::size_t row_count = 0;
  Arena arena;
  std::size_t size = 0;  // bytes, roughly
};

namespace {

std::int64_t now() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

/// The rows as a result of its own.
class RememberedRows final : public db::ResultStorage {
 public:
  explicit RememberedRows(std::shared_ptr<const ResultCache::Rows> rows) : rows_{std::move(rows)} {}

  [[nodiscard]] std::size_t row_count() const override { return rows_->row_count; }
  [[nodiscard]] std::size_t column_count() const override { return rows_->columns.size(); }
  [[nodiscard]] std::uint64_t affected_rows() const override { return 0; }
  [[nodiscard]] std::string_view column_name(std::size_t column) const override {
    return rows_->columns[column];
  }
  [[nodiscard]] ValueView value(std::size_t row, std::size_t column) const override {
    return rows_->values[row * rows_->columns.size() + column];
  }

 private:
  std::shared_ptr<const ResultCache::Rows> rows_;
};

template <class T>
void append_bytes(const T& value, std::string& out) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

void append_value(const ValueView& value, std::string& out) {
  out += static_cast<char>(value.type());
  out += value.is_null() ? '-' : '+';
  if (value.is_null()) return;
  switch (value.type()) {
    case ValueType::text:
    case ValueType::decimal:
    case ValueType::json:
    case ValueType::bytes:
    case ValueType::uuid:
      append_bytes(value.characters().size(), out);
      out += value.characters();
      return;
    case ValueType::float32:
    case ValueType::float64:
      return append_bytes(value.floating(), out);
    case ValueType::array:
      append_bytes(value.elements().size(), out);
      for (const ValueView& element : value.elements()) append_value(element, out);
      return;
    default:
      return append_bytes(value.integer(), out);
  }
}

std::size_t size_of(const ValueView& value) {
  if (value.is_null()) return sizeof value;
  switch (value.type()) {
    case ValueType::text:
    case ValueType::decimal:
    case ValueType::json:
    case ValueType::bytes:
    case ValueType::uuid:
      return sizeof value + value.characters().size();
    case ValueType::array: {
      std::size_t size = sizeof value;
      for (const ValueView& element : value.elements()) size += size_of(element);
      return size;
    }
    default:
      return sizeof value;
  }
}

}  // namespace

std::string ResultCache::key_of(const db::Statement& statement, std::span<const ValueView> values) {
  std::string key{statement.text};
  key += '\0';
  for (const ValueView& value : values) append_value(value, key);
  return key;
}

std::optional<db::Result> ResultCache::find(std::string_view key) {
  std::shared_ptr<const Rows> rows;
  {
    const std::lock_guard lock{mutex_};
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) return std::nullopt;
    if (found->second->expires <= now()) {
      erase(found->second);
      return std::nullopt;
    }
    entries_.splice(entries_.begin(), entries_, found->second);
    rows = found->second->rows;
  }
  return db::Result{std::make_unique<RememberedRows>(std::move(rows))};
}

void ResultCache::keep(std::string key, std::string_view name, std::uint64_t milliseconds,
                       const db::Result& result) {
  auto rows = std::make_shared<Rows>();
  rows->row_count = result.row_count();
  rows->size = sizeof(Rows) + sizeof(Entry) + key.size() + name.size();
  for (std::size_t column = 0; column < result.column_count(); ++column) {
    rows->columns.emplace_back(result.column_name(column));
    rows->size += sizeof(std::string) + rows->columns.back().size();
  }
  rows->values.reserve(result.row_count() * result.column_count());
  for (std::size_t row = 0; row < result.row_count(); ++row) {
    for (std::size_t column = 0; column < result.column_count(); ++column) {
      const ValueView value = result.value(row, column);
      rows->size += size_of(value);
      if (rows->size > limit_) return;
      rows->values.push_back(detail::keep(value, rows->arena));
    }
  }
  constexpr std::uint64_t longest = std::uint64_t{1} << 42U;  // a century or so
  const auto lifetime = static_cast<std::int64_t>(std::min(milliseconds, longest)) * 1'000'000;
  const std::int64_t expires = now() + lifetime;
  const std::size_t size = rows->size;
  const std::lock_guard lock{mutex_};
  const auto before = by_key_.find(key);
  if (before != by_key_.end()) erase(before->second);
  while (!entries_.empty() && bytes_ + size > limit_) erase(std::prev(entries_.end()));
  entries_.push_front(Entry{std::move(key), std::string{name}, expires, std::move(rows), size});
  by_key_.emplace(entries_.front().key, entries_.begin());
  bytes_ += size;
}

void ResultCache::erase(Entries::iterator entry) {
  bytes_ -= entry->size;
  by_key_.erase(entry->key);
  entries_.erase(entry);
}

void ResultCache::clear(std::string_view name) {
  const std::lock_guard lock{mutex_};
  for (auto entry = entries_.begin(); entry != entries_.end();) {
    const auto here = entry++;
    if (here->name == name) erase(here);
  }
}

void ResultCache::clear() {
  const std::lock_guard lock{mutex_};
  by_key_.clear();
  entries_.clear();
  bytes_ = 0;
}

std::size_t ResultCache::bytes() const {
  const std::lock_guard lock{mutex_};
  return bytes_;
}

}  // namespace roost::orm::detail
