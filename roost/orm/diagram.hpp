// Entities and their relations as a picture.
#pragma once

#include <roost/orm/metadata.hpp>

#include <string>

namespace roost::orm {

/// An entity-relationship diagram in the language of Mermaid, which GitHub, GitLab and many editors
/// draw: a box for each table with its columns, a line for each relation. Tables of pairs are
/// lines.
[[nodiscard]] std::string mermaid_diagram(const Metadata& metadata);

}  // namespace roost::orm
