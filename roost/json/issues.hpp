// What was wrong with a JSON text or a form: every fault with its path and with what was there
// instead, for validation and error answers to work on.
#pragma once

#include <roost/base/error.hpp>
#include <roost/meta/type_descriptor.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace roost::json {

enum class IssueCode : std::uint8_t {
  missing,           // a required member is not there; raw is absent
  null_value,        // null where the type has no null
  wrong_type,        // JSON of another kind (string for number, array for object, …)
  not_an_integer,    // a number with a fraction where an integer belongs (2.5)
  out_of_range,      // a number that the type cannot hold (300 for int8, 1e400 for double)
  invalid_text,      // a string of the wrong form: unknown enumerator, bad Timestamp, bad Uuid
  wrong_size,        // number of elements of a fixed-size array
  unknown_member,    // a member, or a form key, that the type does not have
  duplicate_member,  // the same member twice in one object
  too_deep,          // document: nested deeper than ReadOptions::max_depth
  too_large,         // document: longer than ReadOptions::max_bytes
  invalid_json,      // document: not JSON; `detail` says what and where
  invalid_utf8,      // document: not UTF-8; `detail` says where
};

/// "wrong_type" and so on, for logs and dumps.
[[nodiscard]] std::string_view to_string(IssueCode code);

/// One step of a path: the name of a member (or map key), or the index of an element.
class PathSegment {
 public:
  PathSegment(std::string name) : name_{std::move(name)} {}  // implicit: a name is a segment
  PathSegment(std::string_view name) : name_{name} {}
  PathSegment(const char* name) : name_{name} {}
  PathSegment(std::size_t index) : index_{index}, is_index_{true} {}

  [[nodiscard]] bool is_index() const { return is_index_; }
  /// Name of the member; empty for an index.
  [[nodiscard]] const std::string& name() const { return name_; }
  /// Position of the element; 0 for a name.
  [[nodiscard]] std::size_t index() const { return index_; }

  friend bool operator==(const PathSegment&, const PathSegment&) = default;

 private:
  std::string name_;
  std::size_t index_ = 0;
  bool is_index_ = false;
};

/// From the root of the document; empty: the document itself.
using Path = std::vector<PathSegment>;

/// Dotted form: "toys.0.price"; "" for the root.
[[nodiscard]] std::string to_string(std::span<const PathSegment> path);

enum class RawKind : std::uint8_t { absent, null, boolean, number, string, array, object };

/// What the input had in place of an acceptable value; owns its text.
struct RawValue {
  RawKind kind = RawKind::absent;
  bool boolean = false;
  double number = 0;  // nearest double; ±infinity when no double is that large
  /// Exact value of a number without fraction (1.0 and 1e2 count) where it fits.
  std::optional<std::int64_t> int64;
  std::optional<std::uint64_t> uint64;
  std::size_t size = 0;     // elements of an array, members of an object
  std::string text;         // string: unescaped, UTF-8; at most RawValue::max_text bytes of it
  std::string_view source;  // array, object: its JSON, which lies in the text that was read

  /// Longest text kept; a longer string is cut at a character and `size` is its full byte length.
  static constexpr std::size_t max_text = 65536;
};

/// One fault. Pointers refer to descriptors, which live for the whole program.
struct Issue {
  Path path;
  IssueCode code = IssueCode::invalid_json;
  /// The member that holds the value: the member itself, or the container member that the faulty
  /// element lies in (then the path goes on with indices). Null at the root, for elements of a root
  /// array, and for unknown members.
  const reflect::FieldDescriptor* field = nullptr;
  /// What was expected at `path` (optionals unwrapped); null when nothing was (unknown_member) and
  /// for document faults.
  const reflect::TypeDescriptor* type = nullptr;
  RawValue raw;
  std::string detail;  // document faults: "Unexpected end of JSON input at line 1 column 9"
};

/// One English sentence for an issue, path included: "toys.0.price: expected a number, got a
/// string". What clients see when no validation is in between.
[[nodiscard]] std::string describe(const Issue& issue);

/// Every fault of one reading, in document order (missing members at the end of their object).
/// A document fault (malformed, too deep, too large, wrong UTF-8) stands alone.
class Issues {
 public:
  /// No more than this many are kept, so that a hostile document cannot multiply its size.
  static constexpr std::size_t default_limit = 1000;

  explicit Issues(std::size_t limit = default_limit) : limit_{limit} {}

  /// Keeps the issue, or only notes that there was one more once the limit is reached.
  void add(Issue issue);
  /// Drops everything else: the document as a whole is at fault.
  void set_document_fault(IssueCode code, std::string detail);
  void clear();
  /// Forgets the issues after the first `size`.
  void truncate(std::size_t size);
  /// Appends the issues of `other`.
  void take(Issues&& other);

  [[nodiscard]] bool empty() const { return issues_.empty(); }
  [[nodiscard]] std::size_t size() const { return issues_.size(); }
  [[nodiscard]] const Issue& operator[](std::size_t position) const { return issues_[position]; }
  [[nodiscard]] auto begin() const { return issues_.begin(); }
  [[nodiscard]] auto end() const { return issues_.end(); }

  /// True when the text could not be read at all; then front() is the only issue.
  [[nodiscard]] bool document_fault() const { return document_fault_; }
  [[nodiscard]] const Issue& front() const { return issues_.front(); }
  /// Issues beyond the limit, counted but not kept.
  [[nodiscard]] std::size_t omitted() const { return omitted_; }
  /// The first issue at exactly this path, or null.
  [[nodiscard]] const Issue* find(std::span<const PathSegment> path) const;

 private:
  std::vector<Issue> issues_;
  std::size_t limit_;
  std::size_t omitted_ = 0;
  bool document_fault_ = false;
};

/// All issues, one sentence a line.
[[nodiscard]] std::string to_string(const Issues& issues);

/// Thrown by the reading functions that return the value itself.
class ReadError : public Error {
 public:
  explicit ReadError(Issues issues);

  [[nodiscard]] const Issues& issues() const { return issues_; }

 private:
  Issues issues_;
};

}  // namespace roost::json
