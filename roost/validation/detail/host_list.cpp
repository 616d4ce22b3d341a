// Lists of hosts in the options of is_email and is_url.
#include <roost/validation/detail/host_list.hpp>
#include <roost/validation/detail/pattern.hpp>
#include <roost/validation/detail/text.hpp>

namespace roost::validation::detail {

namespace {

bool is_pattern(std::string_view entry) {
  return entry.size() > 2 && entry.front() == '/' && entry.back() == '/';
}

}  // namespace

bool is_listed(std::string_view host, const TextList& list) {
  for (const std::string_view entry : list) {
    if (is_pattern(entry)) {
      if (Pattern{entry.substr(1, entry.size() - 2), "i"}.found_in(host)) return true;
    } else if (equal_ignoring_case(entry, host)) {
      return true;
    }
  }
  return false;
}

}  // namespace roost::validation::detail
