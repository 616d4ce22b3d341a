// What a session is told once and then holds for all that it does: filters, and the schema.
#include <roost/orm/detail/session.hpp>
#include <roost/orm/errors.hpp>

#include <algorithm>

namespace roost::orm::detail {

namespace {

bool has(const std::vector<std::string>& names, std::string_view name) {
  return std::any_of(names.begin(), names.end(),
                     [&](const std::string& other) { return other.empty() || other == name; });
}

}  // namespace

Session::Session(const DataSource& source) : source_{source} {
  for (const FilterMetadata& filter : source.metadata().filters()) {
    Filter& made = filters_.emplace_back();
    made.name = filter.word.name;
    made.entity = filter.entity;
    made.defined = &filter.word;
    made.enabled = !filter.word.by_name;
    made.incomplete = static_cast<bool>(filter.word.parameter);
    if (!made.incomplete) made.condition = filter.word.condition(nullptr);
  }
}

void Session::set_filter(std::string_view name, const EntityMetadata& entity,
                         Expression condition) {
  std::erase_if(filters_, [&](const Filter& filter) {
    return filter.name == name && filter.entity == &entity && filter.defined == nullptr;
  });
  Filter& made = filters_.emplace_back();
  made.name = name;
  made.entity = &entity;
  made.condition = std::move(condition);
}

void Session::remove_filter(std::string_view name) {
  std::erase_if(filters_, [&](const Filter& filter) {
    return filter.name == name && filter.defined == nullptr;
  });
  for (Filter& filter : filters_) {
    if (filter.name == name) filter.enabled = false;
  }
}

void Session::enable_filter(std::string_view name, bool enabled) {
  bool known = false;
  for (Filter& filter : filters_) {
    if (filter.name != name) continue;
    filter.enabled = enabled;
    known = true;
  }
  if (known) return;
  throw_unknown(name);
}

void Session::set_filter_parameter(std::string_view name, TypeId type, const void* parameter) {
  bool known = false;
  for (Filter& filter : filters_) {
    if (filter.name != name || filter.defined == nullptr || !filter.defined->parameter) continue;
    if (filter.defined->parameter != type) {
      throw UsageError("the filter \"" + filter.name + "\" of " + std::string{filter.entity->name} +
                       " takes " + FilterMetadata::name_of(filter.defined->parameter) +
                       ", and was given " + FilterMetadata::name_of(type));
    }
    filter.condition = filter.defined->condition(parameter);
    filter.incomplete = false;
    known = true;
  }
  if (known) return;
  throw UsageError("no class of this data source has a filter \"" + std::string{name} +
                   "\" with a parameter: say filtered_by<&Entity::condition>(\"" +
                   std::string{name} + "\") in its meta");
}

void Session::throw_unknown(std::string_view filter) {
  throw UsageError("no class of this data source says filtered_by<…>(\"" + std::string{filter} +
                   "\"), and this manager has no filter of that name");
}

void Session::check_known(const FilterChoice& choice) const {
  for (const std::vector<std::string>* names : {&choice.without, &choice.with}) {
    for (const std::string& name : *names) {
      const bool known =
          name.empty() || std::any_of(filters_.begin(), filters_.end(),
                                      [&](const Filter& filter) { return filter.name == name; });
      if (!known) throw_unknown(name);
    }
  }
}

std::vector<const Filter*> Session::filters_of(const EntityMetadata& entity,
                                               const FilterChoice& choice) const {
  check_known(choice);
  std::vector<const Filter*> found;
  for (const Filter& filter : filters_) {
    if (!entity.is_kind_of(*filter.entity) || has(choice.without, filter.name)) continue;
    if (!filter.enabled && !has(choice.with, filter.name)) continue;
    if (filter.incomplete) {
      throw UsageError(std::string{entity.name} + " is filtered by \"" + filter.name +
                       "\", and this manager was not given its parameter: say "
                       "em.filter_parameter(\"" +
                       filter.name + "\", …) first, or leave it out with orm::without_filter(\"" +
                       filter.name + "\")");
    }
    found.push_back(&filter);
  }
  return found;
}

void Session::take_settings(const Session& other) {
  filters_ = other.filters_;
  schema_ = other.schema_;
}

void Session::set_schema(std::string_view schema) {
  if (schema == schema_) return;
  if (!source_.database().dialect().supports(db::Feature::schemas)) {
    throw UsageError("SQLite has no schemas to choose from (\"" + std::string{schema} +
                     "\"): open a data source, with a file of its own, for each");
  }
  if (first_ != nullptr) {
    throw UsageError("this manager has entities of another schema already, and \"" +
                     std::string{schema} + "\" has rows with the same keys: em.fork(in_schema(\"" +
                     std::string{schema} + "\")) is a manager for these");
  }
  schema_ = schema;
}

}  // namespace roost::orm::detail
