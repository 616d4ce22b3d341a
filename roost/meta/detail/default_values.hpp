// Which members of a class have a default member initialiser.
#pragma once

#include <roost/meta/detail/object_plan.hpp>

#include <span>

namespace roost::reflect::detail {

/// Sets `has_default` of the fields (whose offset and type are set). Makes two objects of the class
/// and destroys them again; a constructor that throws means: no defaults.
void find_default_values(const ObjectPlan& plan, std::span<FieldDescriptor> fields);

}  // namespace roost::reflect::detail
