#include <roost/http/exceptions.hpp>
#include <roost/http/status.hpp>
#include <roost/json/write.hpp>
#include <roost/validation/options.hpp>
#include <roost/validation/validation_error.hpp>
#include <roost/web/validation_failure.hpp>

#include <map>

namespace roost::web {

namespace {

std::string message_of(const validation::ValidationErrors& errors,
                       const validation::ValidationOptions& options) {
  if (!errors.summary().empty()) return json::write(errors.summary());
  if (options.format == validation::ErrorFormat::list) return json::write(errors.messages(options));
  std::string grouped = "{";
  for (const auto& [path, messages] : errors.grouped()) {
    if (grouped.size() > 1) grouped += ',';
    grouped += json::write(path);
    grouped += ':';
    grouped += json::write(messages);
  }
  grouped += '}';
  return grouped;
}

}  // namespace

void throw_validation_failure(const validation::ValidationErrors& errors,
                              const validation::ValidationOptions& options) {
  if (options.error_factory) std::rethrow_exception(options.error_factory(errors));
  const std::string title{http::reason_phrase(static_cast<unsigned>(options.status))};
  std::string body = R"({"message":)";
  if (options.messages) {
    body += message_of(errors, options);
    body += R"(,"error":)";
  }
  body += json::write(title);
  body += R"(,"statusCode":)";
  body += std::to_string(options.status);
  body += '}';
  throw HttpException(RawJson(std::move(body)), options.status);
}

std::shared_ptr<const validation::ValidationOptions> validation_options(
    const ValidationPipe& pipe) {
  auto options = std::make_shared<validation::ValidationOptions>();
  if (pipe.strips_unknown()) options->unknown_members = validation::UnknownMembers::strip;
  options->null_is_absent = pipe.takes_null_as_absent();
  options->stop_at_first_error = pipe.stops_at_first_error();
  options->first_bad_item_only = !pipe.checks_every_item();
  options->messages = pipe.tells_messages();
  options->status = pipe.error_status();
  options->always = pipe.runs_ungrouped();
  options->strict_groups = pipe.has_strict_groups();
  options->max_messages_length = pipe.messages_limit();
  if (pipe.exception_factory() != nullptr) options->error_factory = pipe.exception_factory();
  if (pipe.groups_errors()) options->format = validation::ErrorFormat::grouped;
  for (const std::string_view group : pipe.group_names()) {
    if (!group.empty()) options->groups.emplace_back(group);
  }
  return options;
}

const validation::ValidationOptions& options_in(
    AtomicPointer<const validation::ValidationOptions>& slot, const ValidationPipe& pipe) {
  if (const auto* made = slot.load()) return *made;
  auto made = std::make_unique<const validation::ValidationOptions>(*validation_options(pipe));
  const validation::ValidationOptions* stored = slot.store_first(made.get());
  if (stored == made.get()) (void)made.release();
  return *stored;
}

}  // namespace roost::web
