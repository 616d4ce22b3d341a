// Names of tables as statements say them: with the schema that the class or the manager says.
#pragma once

#include <roost/orm/metadata.hpp>
#include <roost/sql/dialect.hpp>

#include <string>
#include <string_view>

namespace roost::orm::detail {

/// `chosen`: the schema that the manager chose; empty: none. Throws UsageError when the class needs
/// one.
void append_table(const db::Dialect& dialect, const EntityMetadata& entity, std::string_view chosen,
                  std::string& out);
/// The table of pairs: it stands where the owner's does.
void append_pivot(const db::Dialect& dialect, const RelationMetadata& relation,
                  std::string_view chosen, std::string& out);

/// 'text', quoted.
void append_literal(std::string_view text, std::string& out);

}  // namespace roost::orm::detail
