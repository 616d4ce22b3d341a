// Descriptors as text, for tests and tools.
#pragma once

#include <roost/meta/type_descriptor.hpp>

#include <string>

namespace roost::reflect {

/// A type in a few words: "list of string", "optional Toy", "map of string to int32_t".
[[nodiscard]] std::string summary(const TypeDescriptor& type);

/// A type with what belongs to it, one line a member or enumerator:
///
///     object CreateCat
///       name: string, required [MaxLength]
///       born_at: Timestamp, required, json "bornAt" [JsonName]
///       age: int32_t, default
[[nodiscard]] std::string dump(const TypeDescriptor& type);

}  // namespace roost::reflect
