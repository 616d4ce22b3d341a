// The recursive part of writing, over descriptors and over dynamic values.
#pragma once

#include <roost/json/detail/output.hpp>
#include <roost/json/detail/plan.hpp>
#include <roost/json/value.hpp>
#include <roost/meta/type_descriptor.hpp>

#include <span>
#include <string_view>

namespace roost::json::detail {

/// Writes one document. Every separator comma is written before a member or element and the first
/// one is then replaced by the bracket, so that nothing has to be asked in between.
class Writer {
 public:
  explicit Writer(Output& out, const Groups* shown = nullptr) : out_{out}, shown_{shown} {}

  /// The whole document: references back to `object` are written as keys.
  void write_document(const reflect::TypeDescriptor& type, const void* object);
  void write(const reflect::TypeDescriptor& type, const void* object);
  void write_dynamic(const Value& value);

 private:
  class Level;
  /// An object that is being written: where one of its parts refers to it, its key is written.
  struct Frame {
    const void* object;
    const Frame* outer;
  };

  void write_operation(WriteOperation operation, const reflect::TypeDescriptor& type,
                       const void* object);
  void write_other(const reflect::TypeDescriptor& type, const void* object);
  void write_object(const reflect::ObjectDetails& details, const void* object);
  void write_sequence(const reflect::TypeDescriptor& type, const void* object);
  void write_reference(const reflect::ReferenceDetails& details, const void* object,
                       const reflect::Without* without);
  void write_referenced(const reflect::ReferencedObject& referenced,
                        const reflect::Without* without);
  void write_key(const reflect::ReferencedObject& referenced);
  void write_key(std::span<const reflect::KeyPart> key);
  void write_kind(std::string_view kind);
  void write_map(const reflect::MapDetails& details, const void* object);
  void write_map_key(const reflect::TypeDescriptor& type, const void* key);
  void write_enumeration(const reflect::TypeDescriptor& type, const void* object);
  void write_text(const reflect::TextDetails& details, const void* object);
  void write_integer(const reflect::TypeDescriptor& type, const void* object);
  void write_null();
  void close(std::size_t begin, char opening, char closing);

  Output& out_;
  const Frame* innermost_ = nullptr;
  const reflect::Without* without_ = nullptr;  // of the object that is written next
  std::string_view kind_;                      // … which says it of itself; empty: it does not
  const Groups* shown_;                        // null: none
  unsigned depth_ = 0;
};

}  // namespace roost::json::detail
