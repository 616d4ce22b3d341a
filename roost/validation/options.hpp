// How strictly a body, query or parameter is validated, and how its errors are answered.
#pragma once

#include <cstddef>
#include <exception>
#include <functional>
#include <string>
#include <vector>

namespace roost::validation {

class ValidationErrors;

/// What happens to members that the type does not have.
enum class UnknownMembers : unsigned char {
  refuse,  // "property color should not exist"
  strip,   // dropped without a word
};

/// The shape of "message" in the error body.
enum class ErrorFormat : unsigned char {
  list,     // ["owner.name should not be empty", …]
  grouped,  // {"owner.name": ["name should not be empty"], …}
};

/// For the application, a controller, a route or one parameter. Plain data; copy it freely.
struct ValidationOptions {
  UnknownMembers unknown_members = UnknownMembers::refuse;
  /// null for a member that may be left out counts as left out, as with class-validator's
  /// IsOptional; otherwise only members whose type is optional take null.
  bool null_is_absent = false;
  /// One message per member instead of all.
  bool stop_at_first_error = false;
  /// Not empty: only rules of one of these groups run, and those marked always(). Members are
  /// checked against their types in any case.
  std::vector<std::string> groups;
  /// With groups: rules that belong to no group run as well.
  bool always = false;
  /// Without groups: only rules that belong to no group run.
  bool strict_groups = false;
  /// False: the body says what went wrong in general, never which rule.
  bool messages = true;
  /// False: an array as body is checked to its end and messages begin with the index ("[1] name
  /// must be a string"); true: only the first bad item is reported, without its index.
  bool first_bad_item_only = true;
  ErrorFormat format = ErrorFormat::list;
  /// Messages beyond so many characters are left out and counted as one line; 0: no limit.
  std::size_t max_messages_length = 0;
  /// Status of the answer.
  int status = 400;
  /// Makes the exception to throw instead of the standard one.
  std::function<std::exception_ptr(const ValidationErrors& errors)> error_factory;
};

}  // namespace roost::validation
