// Reading of JSON into described objects, with every fault collected.
#pragma once

#include <roost/json/issues.hpp>
#include <roost/json/value.hpp>
#include <roost/meta/describe.hpp>
#include <roost/meta/type_descriptor.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace roost::json {

enum class UnknownMembers : std::uint8_t { refuse, ignore };
enum class NullMembers : std::uint8_t { refuse, as_absent };

/// How strictly and how far to read.
struct ReadOptions {
  /// Members that the class does not have, at every depth: an issue each, or skipped (they must
  /// still be well-formed JSON).
  UnknownMembers unknown_members = UnknownMembers::refuse;
  /// null for a member that may be absent, but whose type has no null: an issue, or as if it were
  /// not given.
  NullMembers null_members = NullMembers::refuse;
  /// Arrays and objects inside one another; more is a document fault. At most `deepest`.
  unsigned max_depth = 32;
  /// Longer texts are a document fault.
  std::size_t max_bytes = std::size_t{16} << 20;

  static constexpr unsigned deepest = 512;
};

/// Reads `text` into `object`, which is a constructed object of the described type. True when all
/// is well. Otherwise false, `issues` (which is cleared first) says why, and the object holds what
/// could be read: faulty members and elements keep their initial value, so that indices in paths
/// are indices in the object; only destroy it or look at the members without issues.
///
/// - Members that are absent keep the value that they have. A required one gives an issue.
/// - null is for optional types that do not say `not_null`. For a member that may be absent for
///   another reason (default initialiser, `optional`, Partial<T>), see ReadOptions::null_members.
/// - A text form (`date_time`) narrows what a member takes that is written as text.
/// - Integers may be spelled 1.0, 2e0 or 1e2. Enumerators, Timestamps and Uuids are strings.
/// - `hidden` and `read_only` members are refused like unknown ones.
/// - The same member twice is an issue, also in a dynamic Value.
/// - A variant takes the first alternative that reads without an issue.
/// - Malformed JSON, wrong UTF-8, lone surrogate escapes, too deep and too large texts are document
///   faults: the only issue then.
///
/// Allocates only what the object itself needs. Safe from any thread.
bool read(const reflect::TypeDescriptor& type, void* object, std::string_view text,
          const ReadOptions& options, Issues& issues);

/// A value, and what was wrong with its text.
template <class T>
struct ReadResult {
  T value{};  // complete when there are no issues
  Issues issues;

  [[nodiscard]] bool ok() const { return issues.empty(); }
  explicit operator bool() const { return ok(); }
};

/// The same for a type that is known here and default-constructible.
template <class T>
[[nodiscard]] ReadResult<T> read(std::string_view text, const ReadOptions& options = {}) {
  ReadResult<T> result;
  read(reflect::type_of<T>(), &result.value, text, options, result.issues);
  return result;
}

/// The same for programs that expect no faults. Throws ReadError, which lists them all.
template <class T>
[[nodiscard]] T read_or_throw(std::string_view text, const ReadOptions& options = {}) {
  ReadResult<T> result = read<T>(text, options);
  if (!result.ok()) throw ReadError(std::move(result.issues));
  return std::move(result.value);
}

}  // namespace roost::json
