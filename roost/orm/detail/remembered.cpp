// Finds whose results the data source may remember: cache_for(…).
#include <roost/orm/detail/loader.hpp>
#include <roost/orm/detail/result_cache.hpp>
#include <roost/orm/detail/session.hpp>
#include <roost/sql/batch.hpp>

#include <optional>
#include <utility>

namespace roost::orm::detail {

void Loader::use_cache(const FindOptions& options) {
  const bool may = options.cache_milliseconds != 0 && options.lock == LockMode::none &&
                   !options.refresh && !session_.in_transaction();
  cached_ = may ? &options : nullptr;
}

Task<db::Result> Loader::ask(db::Statement statement, std::span<const db::ValueView> values) {
  ResultCache& cache = session_.source().result_cache();
  std::string key = ResultCache::key_of(statement, values);
  std::optional<db::Result> known = cache.find(key);
  if (known.has_value()) co_return std::move(*known);
  db::Result result = co_await session_.executor().execute(statement, values);
  cache.keep(std::move(key), cached_->cache_name, cached_->cache_milliseconds, result);
  co_return result;
}

Task<std::vector<db::Result>> Loader::ask_all(const db::Batch& batch) {
  ResultCache& cache = session_.source().result_cache();
  std::vector<db::Result> results(batch.size());
  std::vector<std::string> keys;
  std::vector<std::size_t> places;  // of what is not remembered
  db::Batch missing;
  std::size_t place = 0;
  for (const db::Batch::Entry& entry : batch.entries()) {
    std::string key = ResultCache::key_of(entry.statement, batch.parameters(entry));
    if (std::optional<db::Result> known = cache.find(key)) {
      results[place] = std::move(*known);
    } else {
      missing.add(entry.statement, batch.parameters(entry));
      places.push_back(place);
      keys.push_back(std::move(key));
    }
    ++place;
  }
  if (missing.empty()) co_return results;
  const db::ExecuteOptions options;
  std::vector<db::Result> read = co_await session_.executor().read_all(missing, options);
  for (std::size_t i = 0; i < read.size(); ++i) {
    cache.keep(std::move(keys[i]), cached_->cache_name, cached_->cache_milliseconds, read[i]);
    results[places[i]] = std::move(read[i]);
  }
  co_return results;
}

}  // namespace roost::orm::detail
