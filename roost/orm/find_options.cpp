// Putting options together.
#include <roost/orm/find_options.hpp>

#include <utility>

namespace roost::orm {

namespace {

template <class T>
void append(std::vector<T>& to, const std::vector<T>& added) {
  to.insert(to.end(), added.begin(), added.end());
}

}  // namespace

FilterChoice::FilterChoice() = default;
FilterChoice::FilterChoice(const FilterChoice& other) = default;
FilterChoice::FilterChoice(FilterChoice&& other) noexcept = default;
FilterChoice& FilterChoice::operator=(const FilterChoice& other) = default;
FilterChoice& FilterChoice::operator=(FilterChoice&& other) noexcept = default;
FilterChoice::~FilterChoice() = default;

void FilterChoice::add(WithoutFilter filter) { without.emplace_back(filter.name); }
void FilterChoice::add(WithFilter filter) { with.emplace_back(filter.name); }
void FilterChoice::add(const FilterChoice& other) {
  append(without, other.without);
  append(with, other.with);
}

RelationOptions::RelationOptions() = default;
RelationOptions::RelationOptions(RelationOptions&& other) noexcept = default;
RelationOptions& RelationOptions::operator=(RelationOptions&& other) noexcept = default;
RelationOptions::~RelationOptions() = default;

void RelationOptions::add(Expression condition) {
  where = std::move(where) && std::move(condition);
}
void RelationOptions::add(OrderBy order) { append(order_by, order.terms); }
void RelationOptions::add_fields(const std::vector<const db::Path*>& members) {
  append(fields, members);
}

FindOptions::FindOptions() = default;
FindOptions::FindOptions(const FindOptions& other) = default;
FindOptions::FindOptions(FindOptions&& other) noexcept = default;
FindOptions& FindOptions::operator=(const FindOptions& other) = default;
FindOptions& FindOptions::operator=(FindOptions&& other) noexcept = default;
FindOptions::~FindOptions() = default;

void FindOptions::add(Expression condition) { where = std::move(where) && std::move(condition); }
void FindOptions::add(OrderBy order) { append(order_by, order.terms); }
void FindOptions::add(PopulatePath path) { populate.push_back(std::move(path)); }
void FindOptions::add(const std::vector<PopulatePath>& paths) { append(populate, paths); }
void FindOptions::add_fields(const std::vector<const db::Path*>& members) {
  append(fields, members);
}
void FindOptions::add_key(db::Value value) { key.push_back(std::move(value)); }
void FindOptions::add(WithoutFilter filter) { filters.add(filter); }
void FindOptions::add(WithFilter filter) { filters.add(filter); }
void FindOptions::add(CacheFor cache) {
  cache_milliseconds = cache.milliseconds;
  cache_name = cache.name;
}
void FindOptions::add(After value) { cursor = std::move(value.cursor); }
void FindOptions::add(Before value) {
  cursor = std::move(value.cursor);
  from_the_end = true;
}

void FindOptions::add(const FindOptions& other) {
  add(other.where);
  append(order_by, other.order_by);
  append(populate, other.populate);
  filters.add(other.filters);
  append(fields, other.fields);
  append(key, other.key);
  if (other.limit != no_limit) limit = other.limit;
  if (other.offset != 0) offset = other.offset;
  if (other.lock != LockMode::none) lock = other.lock;
  refresh = refresh || other.refresh;
  with_deleted = with_deleted || other.with_deleted;
  if (other.has_flush_mode) add(other.flush_mode);
  if (other.cache_milliseconds != 0) {
    cache_milliseconds = other.cache_milliseconds;
    cache_name = other.cache_name;
  }
}

}  // namespace roost::orm
