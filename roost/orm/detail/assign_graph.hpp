// Gives an entity, and what it refers to, the values of an object that nests: em.assign.
#pragma once

#include <roost/meta/type_descriptor.hpp>
#include <roost/orm/detail/session.hpp>

#include <optional>
#include <vector>

namespace roost::orm::detail {

class GraphAssigner {
 public:
  explicit GraphAssigner(Session& session) : session_{session} {}

  /// Members of the source that the entity lacks are passed over.
  void assign(Record& record, const reflect::TypeDescriptor& source_type, const void* source);

 private:
  using Key = std::vector<db::Value>;

  /// A member of the source that has something to say.
  struct Given {
    const reflect::TypeDescriptor* type;
    const void* value;  // null: that it is empty
  };
  [[nodiscard]] static std::optional<Given> given(const reflect::TypeDescriptor& source_type,
                                                  const void* source,
                                                  const reflect::FieldDescriptor& field);

  void assign_struct(const reflect::TypeDescriptor& target_type, void* target,
                     const reflect::TypeDescriptor& source_type, const void* source);
  static void assign_member(const reflect::FieldDescriptor& member, void* target,
                            const reflect::FieldDescriptor& field, const void* source,
                            bool is_partial);
  /// True for members that are compared, not assigned: the key of a row, and its version.
  [[nodiscard]] bool is_kept(const Record& record, const reflect::FieldDescriptor& member,
                             const Given& value) const;
  void assign_reference(Record& owner, const RelationMetadata& relation, const Given& value);
  void assign_collection(Record& owner, const RelationMetadata& relation, const Given& value);
  /// The entity that an object or a key says: known, new, or a reference.
  [[nodiscard]] Record& entity_for(const Record& owner, const RelationMetadata& relation,
                                   const Given& value);
  [[nodiscard]] Record& known_entity(const Record& owner, const RelationMetadata& relation,
                                     const Key& key);
  /// The key that an object says; empty when it says none.
  [[nodiscard]] static Key key_in(const EntityMetadata& entity, const Given& object);
  [[nodiscard]] static bool says_more_than_key(const EntityMetadata& entity, const Given& object);

  Session& session_;
};

}  // namespace roost::orm::detail
