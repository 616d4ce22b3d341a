// From the metadata of entities to the tables that hold them.
#pragma once

#include <roost/orm/metadata.hpp>
#include <roost/schema/model.hpp>
#include <roost/sql/dialect.hpp>

#include <string>

namespace roost::orm {

/// Where the tables of classes stand that say in_schema("*").
struct ChosenTables {
  std::string schema;
  bool included = true;  // else they are left out
};

/// The tables, keys and constraints of all entities and of the tables of pairs between them.
[[nodiscard]] schema::Schema schema_of(const Metadata& metadata, const ChosenTables& chosen = {});

}  // namespace roost::orm
