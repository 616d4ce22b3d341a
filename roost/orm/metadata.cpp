// Look-up and dump of metadata.
#include <roost/orm/detail/metadata_builder.hpp>
#include <roost/orm/errors.hpp>
#include <roost/orm/metadata.hpp>

#include <algorithm>
#include <cstdint>

namespace roost::orm {

namespace {

std::size_t hash_of(const void* pointer) {
  return static_cast<std::size_t>(
      (reinterpret_cast<std::uintptr_t>(pointer) >> 4U) * 0x9E3779B97F4A7C15U >> 32U);
}

}  // namespace

namespace {

void append_around(std::string_view pattern, std::string_view inner, std::string& out) {
  const std::size_t hole = pattern.find("{}");
  if (hole == std::string_view::npos) {  // none: there is nothing around it
    out += inner;
    return;
  }
  out += pattern.substr(0, hole);
  out += inner;
  out += pattern.substr(hole + 2);
}

}  // namespace

void ColumnMetadata::append_written(std::string_view placeholder, std::string& out) const {
  append_around(written_as, placeholder, out);
}

void ColumnMetadata::append_read(std::string_view column_sql, std::string& out) const {
  append_around(read_as, column_sql, out);
}

const RelationMetadata* EntityMetadata::find_relation(std::string_view member) const {
  for (const RelationMetadata& relation : relations) {
    if (relation.name == member) return &relation;
  }
  return nullptr;
}

const RelationMetadata* RelationMetadata::choice_for(const EntityMetadata& entity) const {
  for (const RelationMetadata& choice : choices) {
    if (entity.is_kind_of(*choice.target)) return &choice;
  }
  return nullptr;
}

const RelationMetadata* RelationMetadata::choice_named(std::string_view wanted) const {
  for (const RelationMetadata& choice : choices) {
    if (choice.choice_name == wanted) return &choice;
  }
  return nullptr;
}

const RelationMetadata* RelationMetadata::choice_with(const reflect::TypeDescriptor& type) const {
  const RelationMetadata* found = nullptr;
  for (const RelationMetadata& choice : choices) {
    const EntityMetadata* at = choice.target;
    while (at != nullptr && at->type != &type) at = at->parent;
    if (at == nullptr) continue;
    if (found != nullptr) return nullptr;
    found = &choice;
  }
  return found;
}

bool RelationMetadata::may_refer_to(const EntityMetadata& root) const {
  if (!is_any()) return target->root == &root;
  return std::any_of(choices.begin(), choices.end(),
                     [&](const RelationMetadata& choice) { return choice.target->root == &root; });
}

std::string RelationMetadata::target_names() const {
  std::string names;
  each_target([&](const EntityMetadata& entity) {
    if (!names.empty()) names += " or ";
    names += entity.name;
  });
  return names;
}

const std::vector<std::uint16_t>& RelationMetadata::owner_columns() const {
  const bool referred = !owning && kind != RelationKind::many_to_many;
  return referred ? other_side->target_columns : owner->primary_key;
}

const ColumnMetadata* EntityMetadata::find_column(std::span<const std::string_view> members) const {
  for (const ColumnMetadata& column : columns) {
    if (!column.is_of_reference() &&
        std::equal(column.members.begin(), column.members.end(), members.begin(), members.end())) {
      return &column;
    }
  }
  return nullptr;
}

const EntityMetadata& EntityMetadata::table_of(const ColumnMetadata& column) const {
  if (!joined) return *root;
  const EntityMetadata* holder = this;
  while (holder->parent != nullptr && column.index < holder->parent->columns.size()) {
    holder = holder->parent;
  }
  return *holder;
}

std::vector<const RelationMetadata*> EntityMetadata::keyed_relations() const {
  std::vector<const RelationMetadata*> keyed;
  for (const RelationMetadata& relation : relations) {
    if (relation.with_key) keyed.push_back(&relation);
  }
  return keyed;
}

const ColumnMetadata* EntityMetadata::column_named(std::string_view column) const {
  for (const ColumnMetadata& candidate : columns) {
    if (candidate.name == column) return &candidate;
  }
  return nullptr;
}

Metadata::Metadata(std::vector<EntityEntry> entries, const NamingStrategy& naming)
    : naming_{&naming}, entities_{detail::MetadataBuilder{entries, *naming_}.build()} {
  collect_filters(entries);
  std::size_t size = 8;
  while (size < entities_.size() * 3) size *= 2;
  by_type_.assign(size, nullptr);
  for (const auto& entity : entities_) {
    std::size_t slot = hash_of(entity->type) & (size - 1);
    while (by_type_[slot] != nullptr) slot = (slot + 1) & (size - 1);
    by_type_[slot] = entity.get();
  }
}

Metadata::~Metadata() = default;

namespace {

using WordsOfEntities = std::vector<std::vector<FilterWord>>;

/// A filter of the data source reaches the classes that extend one through the first that has it.
bool inherits(const EntityMetadata& entity, std::string_view name, const WordsOfEntities& words) {
  for (const EntityMetadata* at = entity.parent; at != nullptr; at = at->parent) {
    for (const FilterWord& word : words[at->index]) {
      if (word.name == name) return true;
    }
  }
  return false;
}

}  // namespace

std::string FilterMetadata::name_of(TypeId parameter) {
  if (!parameter) return "nothing";
  if (parameter == TypeId::of<std::string>()) return "a text";
  return "a value of type " + std::string{parameter.name()};
}

void Metadata::collect_filters(const std::vector<EntityEntry>& entries) {
  WordsOfEntities words(entities_.size());
  for (const EntityEntry& entry : entries) {
    const EntityMetadata* entity = find(entry.id);
    for (const FilterWord& word : entry.filters) {
      std::vector<FilterWord>& known = words[entity->index];
      const bool again = std::any_of(known.begin(), known.end(), [&](const FilterWord& other) {
        return other.name == word.name && other.condition == word.condition;
      });  // in the lists of two modules
      if (!again) known.push_back(word);
    }
  }
  for (const auto& entity : entities_) {
    for (const reflect::Annotation& annotation : entity->type->object->annotations) {
      if (annotation.kind != &reflect::annotation_kind<FilterWord>) continue;
      add_filter(*entity, *static_cast<const FilterWord*>(annotation.value));
    }
    for (const FilterWord& word : words[entity->index]) {
      if (!inherits(*entity, word.name, words)) add_filter(*entity, word);
    }
  }
}

void Metadata::add_filter(const EntityMetadata& entity, const FilterWord& word) {
  const std::string name{word.name};
  if (name.empty()) {
    throw MetadataError(std::string{entity.name} + " has a filter without a name");
  }
  for (const FilterMetadata& other : filters_) {
    if (other.word.name != word.name) continue;
    if (other.entity == &entity) {
      throw MetadataError(std::string{entity.name} + " has two filters of the name \"" + name +
                          "\": give one of them another name");
    }
    if (other.word.parameter != word.parameter) {
      throw MetadataError(
          "the filter \"" + name + "\" takes " + FilterMetadata::name_of(word.parameter) + " in " +
          std::string{entity.name} + " and " + FilterMetadata::name_of(other.word.parameter) +
          " in " + std::string{other.entity->name} +
          ", but a manager is given one parameter for all of them");
    }
  }
  filters_.push_back({word, &entity});
}

const EntityMetadata* Metadata::find(TypeId id) const {
  for (const auto& entity : entities_) {
    if (entity->id == id) return entity.get();
  }
  return nullptr;
}

const EntityMetadata* Metadata::find(const reflect::TypeDescriptor& type) const {
  const std::size_t mask = by_type_.size() - 1;
  for (std::size_t slot = hash_of(&type) & mask; by_type_[slot] != nullptr;
       slot = (slot + 1) & mask) {
    if (by_type_[slot]->type == &type) return by_type_[slot];
  }
  return nullptr;
}

const EntityMetadata& Metadata::of(const reflect::TypeDescriptor& type) const {
  const EntityMetadata* entity = find(type);
  if (entity == nullptr) {
    throw UsageError(std::string{type.name} +
                     " is no entity of this data source: add it to the list given to "
                     "orm::entities<…>(), and say orm::entity(\"table\", …) in its meta");
  }
  return *entity;
}

std::string Metadata::dump() const {
  std::string out;
  for (const auto& entity : entities_) {
    out += std::string{entity->name} + " -> " + entity->table;
    if (entity->parent != nullptr) out += ", extends " + std::string{entity->parent->name};
    out += '\n';
    for (const ColumnMetadata& column : entity->columns) {
      out += "  " + column.name + ": " + std::string{db::name_of(column.value_type)};
      if (column.nullable) out += ", nullable";
      if (column.in_primary_key) out += ", primary key";
      if (column.identity) out += ", identity";
      if (column.role == ColumnRole::version) out += ", version";
      out += '\n';
    }
    for (const RelationMetadata& relation : entity->relations) {
      static constexpr std::string_view kinds[] = {"many to one", "one to one", "one to many",
                                                   "many to many"};
      out += "  " + std::string{relation.name} + ": " +
             std::string{kinds[static_cast<std::size_t>(relation.kind)]} + " " +
             relation.target_names();
      if (!relation.owning) out += ", mapped by the other side";
      if (!relation.pivot_table.empty()) out += ", through " + relation.pivot_table;
      out += '\n';
    }
  }
  return out;
}

}  // namespace roost::orm
