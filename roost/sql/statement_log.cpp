// One line per statement, and which statements get one.
#include <roost/sql/errors.hpp>
#include <roost/sql/statement_log.hpp>

#include <cstdio>

namespace roost::db {

namespace {
constexpr std::size_t longest_text = 2000;
constexpr std::size_t most_parameters = 50;
}  // namespace

std::string to_readable(const StatementEvent& event) {
  char time[48];
  const double milliseconds = std::chrono::duration<double, std::milli>(event.duration).count();
  const int length = std::snprintf(time, sizeof time, "[%.2f ms", milliseconds);
  std::string out{time, static_cast<std::size_t>(length)};
  if (event.error != nullptr) {
    out += ", failed";
  } else {
    out += event.affected_rows != 0 ? ", " + std::to_string(event.affected_rows) + " affected"
                                    : ", " + std::to_string(event.rows) + " rows";
  }
  if (event.slow) out += ", slow";
  if (!event.label.empty()) out.append(", ").append(event.label);
  out += "] ";
  out += event.text.substr(0, longest_text);
  if (event.text.size() > longest_text) out += "…";
  if (!event.parameters.empty()) out += " [";
  for (std::size_t i = 0; i < event.parameters.size(); ++i) {
    if (i != 0) out += ", ";
    if (i == most_parameters) {
      out += "… " + std::to_string(event.parameters.size() - most_parameters) + " more";
      break;
    }
    append_readable(event.parameters[i], out);
  }
  if (!event.parameters.empty()) out += ']';
  if (event.error != nullptr) out.append(" → ").append(event.error->what());
  return out;
}

StatementLogSettings::StatementLogSettings(std::shared_ptr<StatementLog> log,
                                           std::chrono::nanoseconds slow_statement, bool slow_only)
    : log_{log == nullptr ? Shared<StatementLog>{}
                          : Shared<StatementLog>::own_behind(std::move(log))},
      slow_statement_{slow_statement},
      slow_only_{slow_only} {}

void StatementLogSettings::record(StatementEvent& event) const noexcept {
  if (log_ == nullptr) return;
  event.slow = slow_statement_.count() >= 0 && event.duration >= slow_statement_;
  if (slow_only_ && !event.slow && event.error == nullptr) return;
  log_->record(event);
}

}  // namespace roost::db
