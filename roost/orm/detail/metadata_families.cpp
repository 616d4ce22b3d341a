// Classes that extend others: what they inherit, and what all of a family need to know.
#include <roost/meta/annotation.hpp>
#include <roost/meta/describe.hpp>
#include <roost/orm/detail/metadata_builder.hpp>

#include <algorithm>
#include <string>

namespace roost::orm::detail {

using reflect::find_annotation;

void MetadataBuilder::connect_families() {
  for (const auto& entity : entities_) {
    if (entity->type->kind != reflect::TypeKind::object) continue;
    const auto* extends = find_annotation<ExtendsWord>(entity->type->object->annotations);
    if (extends == nullptr) continue;
    entity->parent = find(extends->base);
    if (entity->parent == nullptr) {
      fault(*entity, "it extends " + std::string{extends->base.name()} +
                         ", which is not among the entities of the data source");
    }
  }
  std::vector<char> done(entities_.size(), 0);
  const auto visit = [&](auto& self, EntityMetadata& entity) -> void {
    if (done[entity.index] != 0) return;
    done[entity.index] = 1;
    if (entity.parent != nullptr) self(self, *entities_[entity.parent->index]);
    parents_first_.push_back(&entity);
  };
  for (const auto& entity : entities_) visit(visit, *entity);
  for (EntityMetadata* entity : parents_first_) begin_family(*entity);
}

void MetadataBuilder::begin_family(EntityMetadata& entity) {
  if (entity.type->kind != reflect::TypeKind::object) return;
  const auto annotations = entity.type->object->annotations;
  const auto* family = find_annotation<InheritanceWord>(annotations);
  if (entity.parent == nullptr) {
    if (family == nullptr) return;
    entity.joined = family->joined;
    entity.class_name = naming_.table(entity.name);
    return;
  }
  const auto* extends = find_annotation<ExtendsWord>(annotations);
  const EntityMetadata& root = *entity.parent->root;
  entity.root = &root;
  entity.joined = root.joined;
  entity.class_name = extends->name;
  entity.table = root.joined ? std::string{extends->name} : root.table;
  entity.schema_name = root.schema_name;
  entity.schema_is_chosen = root.schema_is_chosen;
  if (family != nullptr) {
    fault(entity, "only the first class of a family says single_table or joined_tables");
  }
  if (find_annotation<InheritanceWord>(root.type->object->annotations) == nullptr) {
    fault(entity, "it extends " + std::string{root.name} +
                      ", which does not say how: add single_table(\"type\") or "
                      "joined_tables(\"type\") to its meta");
  }
  for (const EntityMetadata* at = entity.parent; at != nullptr; at = at->parent) {
    EntityMetadata& ancestor = *entities_[at->index];
    ancestor.descendants.push_back(&entity);
    ancestor.room = std::max(ancestor.room, entity.room);
  }
}

void MetadataBuilder::begin_with_parent(EntityMetadata& entity) {
  const EntityMetadata& parent = *entity.parent;
  for (const reflect::FieldDescriptor& field : parent.type->object->fields) {
    const auto* own = reflect::find_field(*entity.type->object, field.name);
    if (own == nullptr || own->offset != field.offset || &own->type() != &field.type()) {
      fault(entity, "its meta lists the members of " + std::string{parent.name} +
                        " first, which is its first base and not more virtual than it is: " +
                        std::string{field.name} + " is missing, or stands elsewhere");
    }
  }
  entity.columns = parent.columns;
  entity.relations = parent.relations;
  entity.class_column = parent.class_column;
  entity.has_owning_references = parent.has_owning_references;
  entity.has_any_references = parent.has_any_references;
}

void MetadataBuilder::add_class_column(EntityMetadata& entity, std::string_view name) {
  ColumnMetadata column;
  column.name = name;
  column.type = &reflect::type_of<std::string>();
  column.access = ColumnAccess::class_name;
  column.value_type = db::ValueType::text;
  entity.columns.push_back(std::move(column));
}

void MetadataBuilder::check_family(EntityMetadata& entity) {
  for (const EntityMetadata* other : entity.root->descendants) {
    if (&entity == other || entity.index > other->index) continue;
    if (other->class_name == entity.class_name) {
      fault(entity, "its name in " + entity.root->table + " is that of " +
                        std::string{other->name} + ": " + entity.class_name);
    }
    // Two classes may share a column of their table if they mean the same by it.
    const std::size_t common = entity.root->columns.size();
    for (const ColumnMetadata& column : entity.columns) {
      const ColumnMetadata* same = other->column_named(column.name);
      if (entity.joined || column.index < common || same == nullptr) continue;
      if (same->value_type != column.value_type) {
        fault(entity, "its column " + column.name + " has another type in " +
                          std::string{other->name} + ", which is stored in the same table");
      }
    }
  }
  if (entity.parent == nullptr) return;
  for (const ColumnMetadata& column : entity.columns) {
    if (column.index < entity.parent->columns.size()) continue;
    if (entity.joined &&
        (!column.server_default.empty() || !column.generated.empty() || column.is_converted())) {
      fault(entity, column.name +
                        " gets its value from the database, which only the first class of joined "
                        "tables may have");
    }
    if (column.role != ColumnRole::ordinary || column.concurrency_check) {
      fault(entity, column.name +
                        " is a version, a time of creation, change or deletion, or says "
                        "concurrency_check: these stand in the first class of the family");
    }
  }
  for (const RelationMetadata& relation : entity.relations) {
    if (relation.with_key && relation.owner == &entity) {
      fault(entity, std::string{relation.name} + ": with_key is for the first class of a family");
    }
  }
}

}  // namespace roost::orm::detail
