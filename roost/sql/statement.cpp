// Hashing of statements and the registry of slots.
#include <roost/sql/statement.hpp>

#include <algorithm>
#include <deque>
#include <functional>
#include <mutex>
#include <unordered_map>

namespace roost::db {

std::uint64_t hash_of(std::string_view text, std::span<const ValueType> parameters) {
  std::uint64_t hash = std::hash<std::string_view>{}(text);
  for (const ValueType type : parameters) {
    hash = (hash ^ static_cast<std::uint64_t>(type)) * 0x9E3779B97F4A7C15U;
    hash ^= hash >> 29U;
  }
  return hash == 0 ? 1 : hash;
}

struct StatementRegistry::Impl {
  struct Owned {
    std::string text;
    std::vector<ValueType> types;
    Statement statement;
  };

  mutable std::mutex mutex;
  std::deque<Owned> statements;  // addresses stay
  std::unordered_multimap<std::uint64_t, const Owned*> by_hash;
};

StatementRegistry::StatementRegistry() : impl_{make_owned<Impl>()} {}
StatementRegistry::~StatementRegistry() = default;

const Statement& StatementRegistry::add(std::string_view text,
                                        std::span<const ValueType> parameters, StatementKind kind) {
  const std::uint64_t hash = hash_of(text, parameters);
  const std::lock_guard lock{impl_->mutex};
  const auto [first, last] = impl_->by_hash.equal_range(hash);
  for (auto found = first; found != last; ++found) {
    const Impl::Owned& owned = *found->second;
    if (owned.text == text &&
        std::equal(owned.types.begin(), owned.types.end(), parameters.begin(), parameters.end())) {
      return owned.statement;
    }
  }
  Impl::Owned& owned = impl_->statements.emplace_back();
  owned.text = text;
  owned.types.assign(parameters.begin(), parameters.end());
  owned.statement = Statement{owned.text, owned.types, kind};
  owned.statement.hash = hash;
  owned.statement.slot = static_cast<std::uint32_t>(impl_->statements.size() - 1);
  impl_->by_hash.emplace(hash, &owned);
  return owned.statement;
}

std::size_t StatementRegistry::size() const {
  const std::lock_guard lock{impl_->mutex};
  return impl_->statements.size();
}

}  // namespace roost::db
