#include "tags/tags.service.hpp"

#include "common/pages.hpp"
#include "common/query_words.hpp"
#include <roost/sql/errors.hpp>

#include <algorithm>

using roost::f;
using roost::populate;
using roost::Task;

namespace {

[[noreturn]] void throw_not_found(std::int64_t id) {
  throw roost::NotFoundException("Tag #" + std::to_string(id) + " not found");
}

const SortWord sort_words[] = {{"id", f<&Tag::id>}, {"name", f<&Tag::name>}};
const PopulateWord populate_words[] = {{"events", populate<&Tag::events>()}};

}  // namespace

Task<roost::Page<const Tag*>> TagsService::find_all(const ListTags& query) {
  roost::orm::FindOptions options;
  if (is_given(query.q)) options.where &= f<&Tag::name>.icontains(*query.q);
  options.add(order_of(query.sort, sort_words, f<&Tag::id>));
  options.add(paths_of(query.populate, populate_words));
  co_return co_await find_page<const Tag>(em_, query.page, query.limit, options);
}

Task<std::vector<TagCount>> TagsService::stats() {
  co_return co_await em_.execute<TagCount>(
      roost::sql("select t.name, count(et.event_id) as events from tags t"
                 " left join events_tags et on et.tag_id = t.id group by t.id, t.name"
                 " order by t.name"));
}

Task<const Tag&> TagsService::find_one(std::int64_t id, const PopulateTag& query) {
  const auto paths = paths_of(query.populate, populate_words);
  const Tag* tag = co_await em_.find_one<const Tag>(id, paths);
  if (tag == nullptr) throw_not_found(id);
  co_return *tag;
}

Task<const Tag&> TagsService::create(const CreateTag& dto) {
  Tag& tag = em_.create<Tag>({.name = dto.name});
  co_await flush();
  co_return tag;
}

Task<const Tag&> TagsService::rename(std::int64_t id, const std::optional<std::string>& name) {
  Tag& tag = co_await at(id);
  if (name) tag.name = *name;
  co_await flush();
  co_return tag;
}

Task<void> TagsService::remove(std::int64_t id) {
  Tag& tag = co_await at(id);
  em_.remove(tag);
  co_await em_.flush();
}

Task<std::vector<Tag*>> TagsService::find_or_create(const std::vector<std::string>& names) {
  std::vector<Tag*> tags;
  if (names.empty()) co_return tags;
  const auto known = co_await em_.find<Tag>(f<&Tag::name>.in(names));
  for (const std::string& name : names) {
    const auto has_name = [&](const Tag* tag) { return tag->name == name; };
    if (std::any_of(tags.begin(), tags.end(), has_name)) continue;
    const auto found = std::find_if(known.begin(), known.end(), has_name);
    tags.push_back(found != known.end() ? *found : &em_.create<Tag>({.name = name}));
  }
  co_return tags;
}

Task<Tag&> TagsService::at(std::int64_t id) {
  Tag* tag = co_await em_.find_one<Tag>(id);
  if (tag == nullptr) throw_not_found(id);
  co_return *tag;
}

Task<void> TagsService::flush() {
  try {
    co_await em_.flush();
  } catch (const roost::db::UniqueViolation&) {
    throw roost::ConflictException("A tag with this name already exists");
  }
}
