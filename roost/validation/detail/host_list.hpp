// Lists of hosts in the options of is_email and is_url.
#pragma once

#include <roost/validation/literal.hpp>

#include <string_view>

namespace roost::validation::detail {

/// The host is in the list, whatever its case. An entry "/…/" is a pattern.
[[nodiscard]] bool is_listed(std::string_view host, const TextList& list);

}  // namespace roost::validation::detail
