// What the text forms accept.
#include <roost/base/timestamp.hpp>
#include <roost/meta/annotation.hpp>

namespace roost::reflect {

bool is_date_time(std::string_view text) { return Timestamp::is_exact(text); }

}  // namespace roost::reflect
