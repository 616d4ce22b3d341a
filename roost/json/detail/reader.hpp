// The recursive part of reading, over descriptors and into dynamic values.
#pragma once

#include <roost/json/detail/cursor.hpp>
#include <roost/json/detail/place.hpp>
#include <roost/json/detail/plan.hpp>
#include <roost/json/issues.hpp>
#include <roost/json/read.hpp>
#include <roost/json/value.hpp>
#include <roost/meta/type_descriptor.hpp>

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

namespace roost::json {

/// For the reader: fills values, which are null before, in place.
struct ValueBuilder {
  static void make_string(Value& value, std::string_view text) {
    std::construct_at(&value.string_, text);
    value.kind_ = ValueKind::string;
  }
  static Value::Array& make_array(Value& value) {
    std::construct_at(&value.array_);
    value.kind_ = ValueKind::array;
    return value.array_;
  }
  /// The members of a new object, whose names the reader compares itself.
  static std::vector<Member>& make_object(Value& value) {
    std::construct_at(&value.object_);
    value.kind_ = ValueKind::object;
    return value.object_.members_;
  }
};

}  // namespace roost::json

namespace roost::json::detail {

[[nodiscard]] inline bool starts_number(char c) { return c == '-' || (c >= '0' && c <= '9'); }

/// The code for a value that starts with `c` and is of another kind than wanted.
[[nodiscard]] inline IssueCode wrong(char c) {
  return c == 'n' ? IssueCode::null_value : IssueCode::wrong_type;
}

/// Reads one document. All functions return false after a document fault only; faults of values are
/// added to the issues.
class Reader {
 public:
  Reader(std::string_view text, const ReadOptions& options, Issues& issues)
      : cursor_{text}, text_{text}, options_{options}, issues_{&issues} {}

  /// True when there are no issues.
  bool read_document(const reflect::TypeDescriptor& type, void* target);
  bool read_document(Value& target);

 private:
  /// One level of nesting; not `ok` when it is one too many.
  class Level {
   public:
    explicit Level(Reader& reader) : reader_{reader}, ok_{reader.enter()} {}
    ~Level() { --reader_.depth_; }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;

    [[nodiscard]] bool ok() const { return ok_; }

   private:
    Reader& reader_;
    bool ok_;
  };
  struct ElementContext;

  bool enter();

  template <class ReadRoot>
  bool run(const ReadRoot& read_root);
  [[nodiscard]] bool check_text();

  bool read(const reflect::TypeDescriptor& type, void* target, const Place* place);
  bool read_boolean(const reflect::TypeDescriptor& type, void* target, const Place* place);
  bool read_integer(const reflect::TypeDescriptor& type, void* target, const Place* place);
  bool read_integer_slowly(const reflect::TypeDescriptor& type, void* target, const Place* place);
  bool store_small_integer(const reflect::TypeDescriptor& type, std::int64_t value, void* target,
                           const Place* place);
  bool read_floating(const reflect::TypeDescriptor& type, void* target, const Place* place);
  bool read_string(const reflect::TypeDescriptor& type, void* target, const Place* place);
  bool read_object(const reflect::TypeDescriptor& type, void* target, const Place* place);
  bool read_members(const reflect::TypeDescriptor& type, void* target, const Place* place);
  bool find_member(const ReadPlan& plan, std::size_t& index);
  bool refuse_member(Place& here);
  [[nodiscard]] bool null_is_no_value(const ReadMember& member) const;
  bool read_no_value(const ReadMember& member, const Place& here);
  void report_missing(const ReadPlan& plan, const MemberSet& seen, Place& here);
  bool read_sequence(const reflect::TypeDescriptor& type, void* target, const Place* place);
  bool read_elements(const reflect::TypeDescriptor& type, void* target, const Place* place);
  bool read_map(const reflect::TypeDescriptor& type, void* target, const Place* place);
  bool read_entries(const reflect::TypeDescriptor& type, void* target, const Place* place);
  bool read_entry(const reflect::MapDetails& details, const std::string& name, void* target,
                  const Place* place);
  bool read_optional(const reflect::OptionalDetails& details, void* target, const Place* place);
  bool read_variant(const reflect::TypeDescriptor& type, void* target, const Place* place);
  bool read_dynamic(Value& target, const Place* place);
  bool read_dynamic_array(Value& target, const Place* place);
  bool read_dynamic_object(Value& target, const Place* place);

  /// Reads whatever there is as raw value and reports it.
  bool mismatch(IssueCode code, const reflect::TypeDescriptor& type, const Place* place);
  bool read_raw(RawValue& raw);
  bool skip_value();
  bool skip_array(std::size_t& elements);
  bool skip_object(std::size_t& members);
  void report(IssueCode code, const reflect::TypeDescriptor* type, const Place* place,
              RawValue raw = {});

  Cursor cursor_;
  std::string_view text_;
  const ReadOptions& options_;
  Issues* issues_;
  std::string unknown_name_;
  unsigned depth_ = 0;
  unsigned variant_retries_left_ = 1000;  // bounds the work for variants inside variants
};

}  // namespace roost::json::detail
