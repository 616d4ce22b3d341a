// Runs the rules of a type over an object that was read.
#pragma once

#include <roost/json/issues.hpp>
#include <roost/meta/type_descriptor.hpp>
#include <roost/validation/options.hpp>
#include <roost/validation/validation_error.hpp>

namespace roost::validation {

/// Applies the transformations of `type` to `object`, then checks every rule. `issues` is what the
/// reader found wrong: members that did not fit their types are checked as they stood in the input,
/// so that all messages come at once. When the result is empty, the object satisfies all rules.
/// A document that could not be read at all gives its fault as summary. May be called from several
/// threads for different objects.
[[nodiscard]] ValidationErrors validate(const reflect::TypeDescriptor& type, void* object,
                                        const json::Issues& issues,
                                        const ValidationOptions& options = {});

/// The same for an object that the program made itself.
[[nodiscard]] ValidationErrors validate(const reflect::TypeDescriptor& type, void* object,
                                        const ValidationOptions& options = {});

/// Builds what `validate` needs for a type and the types in it. Call it at start, so that mistakes
/// in rules (a pattern that does not compile) stop the start. Throws roost::Error.
void prepare(const reflect::TypeDescriptor& type);

/// The rules of a type as a table, one line per rule, for tests and tools.
[[nodiscard]] std::string dump(const reflect::TypeDescriptor& type);

}  // namespace roost::validation
