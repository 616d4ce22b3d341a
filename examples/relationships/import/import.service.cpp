#include "import/import.service.hpp"

#include "import/graph_builder.hpp"
#include "tags/tags.service.hpp"
#include <roost/sql/errors.hpp>

using roost::f;
using roost::Task;

namespace {

/// The emails by which registrations refer to users.
std::vector<std::string> emails_in(const ImportDocument& document) {
  std::vector<std::string> emails;
  for (const ImportEvent& event : document.events) {
    for (const ImportRegistration& registration : event.registrations) {
      if (registration.email) emails.push_back(*registration.email);
    }
  }
  return emails;
}

[[noreturn]] void throw_conflict() {
  throw roost::ConflictException("The import conflicts with existing data or with itself");
}

std::vector<std::string> tags_in(const ImportDocument& document) {
  std::vector<std::string> names;
  for (const ImportEvent& event : document.events) {
    names.insert(names.end(), event.tags.begin(), event.tags.end());
  }
  return names;
}

}  // namespace

Task<ImportResult> ImportService::run(const ImportDocument& document) {
  const auto emails = emails_in(document);
  const auto names = tags_in(document);
  const auto users = co_await em_.find<User>(f<&User::email>.in(emails));
  const auto tags = co_await tags_.find_or_create(names);
  std::vector<Tag*> new_tags;
  for (Tag* tag : tags) {
    if (tag->id == 0) new_tags.push_back(tag);
  }
  GraphBuilder graph{em_, users, tags};
  graph.build(document);
  try {
    co_await em_.flush();
  } catch (const roost::db::UniqueViolation&) {
    throw_conflict();
  } catch (const roost::db::ForeignKeyViolation&) {  // a user or a tag was deleted meanwhile
    throw_conflict();
  }
  co_return graph.result(new_tags);
}
