// Makes the metadata of all entities together, since relations need both sides.
#pragma once

#include <roost/orm/metadata.hpp>

#include <memory>
#include <string>
#include <vector>

namespace roost::orm::detail {

class MetadataBuilder {
 public:
  MetadataBuilder(std::vector<EntityEntry> entries, const NamingStrategy& naming);

  /// Throws MetadataError.
  std::vector<Owned<EntityMetadata>> build();

 private:
  /// One column of a key, as a reference to it needs it.
  struct KeyColumn {
    std::string name;  // of the column in the target
    const reflect::TypeDescriptor* type;
    db::Codec codec;
    std::uint32_t max_length;
  };

  void describe_class(EntityMetadata& entity);
  /// Finds out which class extends which.
  void connect_families();
  void begin_family(EntityMetadata& entity);
  void begin_with_parent(EntityMetadata& entity);
  void add_class_column(EntityMetadata& entity, std::string_view name);
  void check_family(EntityMetadata& entity);
  void describe_columns(EntityMetadata& entity);
  void add_columns(EntityMetadata& entity, const reflect::TypeDescriptor& type, std::size_t offset,
                   const std::string& prefix, const std::vector<std::string_view>& members);
  void add_optional_columns(EntityMetadata& entity, const reflect::FieldDescriptor& field,
                            std::size_t offset, const std::string& prefix,
                            const std::vector<std::string_view>& members);
  void add_column(EntityMetadata& entity, const reflect::FieldDescriptor& field, std::size_t offset,
                  const std::string& prefix, std::vector<std::string_view> members);
  void add_relation(EntityMetadata& entity, const reflect::FieldDescriptor& field,
                    std::size_t offset);
  void add_reference_columns(EntityMetadata& entity, RelationMetadata& relation);
  // metadata_choices.cpp
  void add_choices(EntityMetadata& entity, RelationMetadata& relation);
  void add_choice_columns(EntityMetadata& entity, RelationMetadata& relation);
  void name_choices(EntityMetadata& entity, RelationMetadata& relation);
  void link_choices(EntityMetadata& entity, RelationMetadata& relation);
  void keep_choices();
  // metadata_shared_pivots.cpp
  void share_pivot(EntityMetadata& entity, RelationMetadata& relation);
  void check_shared_pivots();
  void check_shared_pivot(const RelationMetadata& relation, const RelationMetadata& first);
  [[nodiscard]] ColumnMetadata reference_column(const EntityMetadata& entity,
                                                const RelationMetadata& relation,
                                                const KeyColumn& target) const;
  [[nodiscard]] std::vector<KeyColumn> referred_column(const EntityMetadata& entity,
                                                       const RelationMetadata& relation);
  void link_target(EntityMetadata& entity, RelationMetadata& relation);
  void finish_keys(EntityMetadata& entity);
  void link(EntityMetadata& entity);
  void link_inverse(EntityMetadata& entity, RelationMetadata& relation);
  void name_pivot(EntityMetadata& entity, RelationMetadata& relation);
  void link_pivot(EntityMetadata& entity, RelationMetadata& relation);
  void check_pivot(EntityMetadata& entity, const RelationMetadata& relation,
                   const std::string& where);
  static void tell_other_side(const RelationMetadata& relation);
  void check(EntityMetadata& entity);
  void check_conversion(const EntityMetadata& entity, const ColumnMetadata& column);
  void check_guard(const EntityMetadata& entity, const ColumnMetadata& column);
  [[nodiscard]] std::vector<KeyColumn> key_of(const EntityMetadata& entity, unsigned depth);
  [[nodiscard]] std::vector<std::uint16_t> columns_of(const EntityMetadata& entity,
                                                      const MemberNames& members,
                                                      std::string_view word);
  EntityMetadata* find(TypeId id);
  void fault(const EntityMetadata& entity, const std::string& what);

  const NamingStrategy& naming_;
  std::vector<Owned<EntityMetadata>> entities_;
  std::vector<EntityMetadata*> parents_first_;
  std::vector<std::string> faults_;
};

}  // namespace roost::orm::detail
