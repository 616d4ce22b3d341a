// What reading and writing prepare once per class and keep in its descriptor.
#pragma once

#include <roost/json/groups.hpp>
#include <roost/meta/type_descriptor.hpp>
#include <roost/meta/without.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace roost::json::detail {

/// How a value of a type is written: the frequent kinds on their own.
enum class WriteOperation : std::uint8_t {
  boolean,
  int8,
  int16,
  int32,
  int64,
  uint8,
  uint16,
  uint32,
  uint64,
  float32,
  float64,
  string,
  enumeration,
  object,
  other
};
[[nodiscard]] WriteOperation write_operation(const reflect::TypeDescriptor& type);

/// Writes one member.
struct WriteStep {
  const char* piece = nullptr;  // `,"name":`, with at least 16 readable bytes
  std::uint32_t piece_size = 0;
  WriteOperation operation = WriteOperation::other;
  bool write_null = false;
  std::size_t offset = 0;
  const reflect::TypeDescriptor* type = nullptr;       // what an optional holds
  const reflect::OptionalDetails* optional = nullptr;  // null: the member is always there
  const reflect::ReferenceDetails* reference = nullptr;
  const reflect::Without* without = nullptr;  // of what the reference refers to
  std::string_view member;                    // name in C++
  const Groups* groups = nullptr;             // null: for everybody
};

struct WritePlan {
  std::vector<WriteStep> steps;
  std::string pieces;  // what the steps point into
};

[[nodiscard]] const WritePlan& write_plan(const reflect::ObjectDetails& object);

/// One bit per member.
class MemberSet {
 public:
  static constexpr std::size_t capacity = 256;

  void insert(std::size_t index) { words_[index / 64] |= std::uint64_t{1} << (index % 64); }
  [[nodiscard]] bool contains(std::size_t index) const {
    return ((words_[index / 64] >> (index % 64)) & 1U) != 0;
  }
  [[nodiscard]] bool contains_all_of(const MemberSet& other) const {
    for (std::size_t i = 0; i < words_.size(); ++i) {
      if ((other.words_[i] & ~words_[i]) != 0) return false;
    }
    return true;
  }

 private:
  std::array<std::uint64_t, capacity / 64> words_{};
};

/// A name with quotes and colon, `"name":`, laid out for comparing words instead of bytes.
struct KeyText {
  static constexpr std::size_t capacity = 24;

  // As made here it equals no text, which is right for names that are too long or need escapes.
  std::array<std::uint64_t, capacity / 8> words{};
  std::array<std::uint64_t, capacity / 8> masks{~std::uint64_t{0}};
  std::size_t size = 0;
};

/// One member as the reader needs it.
struct ReadMember {
  const reflect::FieldDescriptor* field = nullptr;
  const reflect::TypeDescriptor* type = nullptr;
  std::size_t offset = 0;
  std::string_view name;  // as in JSON
  KeyText key;
  bool readable = true;             // false: hidden or read_only, refused like an unknown member
  bool null_may_be_absent = false;  // null counts as not given if ReadOptions say so
  bool refuses_null = false;        // although its type has null
};

struct ReadPlan {
  std::vector<ReadMember> members;   // by field index
  std::vector<std::uint16_t> slots;  // hash table: member index + 1, or 0
  MemberSet required;

  /// Index of the member, or `not_found`.
  [[nodiscard]] std::size_t find(std::string_view name) const;
  static constexpr std::size_t not_found = static_cast<std::size_t>(-1);
};

/// Throws roost::Error when the class has more members than MemberSet::capacity.
[[nodiscard]] const ReadPlan& read_plan(const reflect::TypeDescriptor& type);

}  // namespace roost::json::detail
