// Where the database is on which the cases run, for tests that open it themselves.
#pragma once

#include <string>

namespace roost::orm {

/// The URL of an empty database.
std::string fresh_database_url();

}  // namespace roost::orm
