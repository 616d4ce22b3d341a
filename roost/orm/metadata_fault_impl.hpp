// What the tests of classes that do not fit together share.
#pragma once

#include <roost/orm/errors.hpp>
#include <roost/orm/metadata.hpp>

#include <string>
#include <utility>
#include <vector>

namespace roost::orm {

/// What Metadata says about these classes; "no fault" when it takes them.
inline std::string fault_of(std::vector<EntityEntry> entries) {
  try {
    const Metadata metadata{std::move(entries)};
  } catch (const MetadataError& error) {
    return error.what();
  }
  return "no fault";
}

}  // namespace roost::orm
