// Values of the recorded conformance data: JSON with tags for what JSON cannot say. Test only.
#pragma once

#include <roost/json/value.hpp>
#include <roost/validation/subject.hpp>

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace roost::validation::conformance {

class TestValue;
using Ref = std::shared_ptr<const TestValue>;

enum class Kind : std::uint8_t {
  absent,
  null,
  boolean,
  number,
  string,
  date,
  invalid_date,
  array,
  object,
  pattern,  // {"$regex", "flags"}: text and extra
  other,    // functions, classes: only what `object` keeps of them
};

/// An immutable value; arrays and objects share their parts.
class TestValue final : public Elements {
 public:
  using Members = std::vector<std::pair<std::string, Ref>>;

  explicit TestValue(Kind of_kind) : kind{of_kind} {}

  [[nodiscard]] static Ref absent();
  [[nodiscard]] static Ref null();
  [[nodiscard]] static Ref boolean(bool value);
  [[nodiscard]] static Ref number(double value);
  [[nodiscard]] static Ref string(std::string text);
  [[nodiscard]] static Ref date(std::int64_t milliseconds);
  [[nodiscard]] static Ref array(std::vector<Ref> items);
  [[nodiscard]] static Ref object(Members members);
  /// Plain JSON, without tags.
  [[nodiscard]] static Ref plain(const json::Value& value);
  /// JSON of the data files, with tags.
  [[nodiscard]] static Ref tagged(const json::Value& value);

  [[nodiscard]] Subject subject() const;
  /// The member, or an absent value.
  [[nodiscard]] Ref member(std::string_view name) const;
  [[nodiscard]] bool has(std::string_view name) const;
  [[nodiscard]] bool is_missing() const { return kind == Kind::absent || kind == Kind::null; }
  /// JSON, for comparing and printing.
  [[nodiscard]] std::string to_string() const;

  [[nodiscard]] std::size_t size() const override;
  void for_each(void* context, bool (*visit)(void* context, const Subject& element)) const override;

  Kind kind;
  bool truth = false;
  Subject numeric;  // of a number
  std::int64_t milliseconds = 0;
  std::string text;
  std::string extra;
  std::vector<Ref> items;
  Members members;
};

/// Reads a file of the data; throws Error with the path.
[[nodiscard]] json::Value read_file(const std::string& path);

}  // namespace roost::validation::conformance
