// From the metadata of entities to the tables that hold them.
#pragma once

#include <roost/orm/metadata.hpp>
#include <roost/schema/model.hpp>
#include <roost/sql/dialect.hpp>

namespace roost::orm {

/// The tables, keys and constraints of all entities and of the tables of pairs between them.
[[nodiscard]] schema::Schema schema_of(const Metadata& metadata);

}  // namespace roost::orm
