// References to one of several classes (AnyRef): two columns, and one relation for each class.
#include <roost/meta/annotation.hpp>
#include <roost/meta/describe.hpp>
#include <roost/orm/detail/metadata_builder.hpp>
#include <roost/orm/detail/relation_base.hpp>

#include <algorithm>
#include <string>

namespace roost::orm::detail {

namespace {

template <class Word>
const Word* word(const RelationMetadata& relation) {
  return reflect::find_annotation<Word>(relation.field->annotations);
}

}  // namespace

void MetadataBuilder::add_choices(EntityMetadata& entity, RelationMetadata& relation) {
  const std::string where = std::string{relation.name} + " is an AnyRef";
  if (relation.kind != RelationKind::many_to_one || !relation.owning) {
    return fault(entity, where + ": say many_to_one, without mapped_by");
  }
  if (relation.by_unique) {
    return fault(entity, where + ": it holds the key of what it refers to; leave refers_to out");
  }
  if (word<OnUpdateWord>(relation) != nullptr ||
      relation.on_delete == ReferentialAction::restrict) {
    return fault(entity,
                 where +
                     ", which no foreign key keeps: on_update and restrict_delete are of no "
                     "effect; leave them out");
  }
  relation.sorted_by = {};
  relation.with_key = false;
  const RelationMetadata common = relation;
  for (const TypeId target : relation_role(relation.field->type())->any_of) {
    RelationMetadata choice = common;
    choice.target = find(target);
    if (choice.target == nullptr) {
      return fault(entity, std::string{relation.name} + " refers to " + std::string{target.name()} +
                               ", which is not among the entities of the data source");
    }
    if (choice.target->schema_is_chosen && !entity.schema_is_chosen) {
      return fault(entity, std::string{relation.name} + " refers to " +
                               std::string{choice.target->name} +
                               ", of which each schema has a table of its own: say "
                               "in_schema(\"*\") here too");
    }
    relation.choices.push_back(std::move(choice));
  }
  name_choices(entity, relation);
  add_choice_columns(entity, relation);
  entity.relations.push_back(std::move(relation));
}

/// What stands in the column for each class: the name of its table, or what target_name says.
void MetadataBuilder::name_choices(EntityMetadata& entity, RelationMetadata& relation) {
  const std::string where{relation.name};
  for (RelationMetadata& choice : relation.choices) choice.choice_name = choice.target->table;
  for (const reflect::Annotation& annotation : relation.field->annotations) {
    if (annotation.kind != &reflect::annotation_kind<TargetNameWord>) continue;
    const auto& name = *static_cast<const TargetNameWord*>(annotation.value);
    const auto choice =
        std::find_if(relation.choices.begin(), relation.choices.end(),
                     [&](const auto& candidate) { return candidate.target->id == name.target; });
    if (choice == relation.choices.end()) {
      fault(entity, where + ": target_name is about " + std::string{name.target.name()} +
                        ", to which it does not refer");
      continue;
    }
    choice->choice_name = name.name;
  }
  for (const RelationMetadata& choice : relation.choices) {
    for (const RelationMetadata& other : relation.choices) {
      if (&other == &choice) break;
      if (choice.target->root == other.target->root &&
          (choice.target->is_kind_of(*other.target) || other.target->is_kind_of(*choice.target))) {
        fault(entity, where + " refers to " + std::string{other.target->name} + " or " +
                          std::string{choice.target->name} +
                          ", of which one extends the other: name the first class only");
      } else if (choice.choice_name == other.choice_name) {
        fault(entity, where + ": \"" + choice.choice_name + "\" stands for " +
                          std::string{other.target->name} + " and for " +
                          std::string{choice.target->name} + ": say target_name<" +
                          std::string{choice.target->name} + ">(\"…\")");
      }
    }
  }
}

void MetadataBuilder::add_choice_columns(EntityMetadata& entity, RelationMetadata& relation) {
  const std::string where{relation.name};
  KeyColumn key{};
  for (const RelationMetadata& choice : relation.choices) {
    const std::vector<KeyColumn> parts = key_of(*choice.target, 0);
    if (parts.size() != 1) {
      return fault(entity, where + " refers to " + std::string{choice.target->name} +
                               ", whose key is not of one part: such classes have references of "
                               "their own");
    }
    if (key.type == nullptr) key = parts.front();
    if (parts.front().codec.type() != key.codec.type()) {
      return fault(entity, where + " refers to " + relation.target_names() +
                               ", whose keys are of different types (" +
                               std::string{key.type->name} + ", " +
                               std::string{parts.front().type->name} +
                               "): one column holds them all, so make them the same");
    }
    key.max_length = std::max(key.max_length, parts.front().max_length);
  }
  const auto* said = word<ColumnWord>(relation);
  const std::string_view member = said != nullptr ? said->name : relation.name;
  ColumnMetadata choice = reference_column(entity, relation, key);
  choice.name = naming_.reference_column(member, "type");
  choice.access = ColumnAccess::choice;
  choice.type = &reflect::type_of<std::string>();
  choice.codec = db::codec_of(*choice.type);
  choice.value_type = db::ValueType::text;
  choice.max_length = 0;
  ColumnMetadata reference = reference_column(entity, relation, key);
  reference.name = naming_.reference_column(member, "id");
  const auto first = static_cast<std::uint16_t>(entity.columns.size());
  const auto second = static_cast<std::uint16_t>(first + 1);
  relation.columns = {first, second};
  for (RelationMetadata& each : relation.choices) {
    each.columns = {second};
    each.choice_column = first;
  }
  entity.columns.push_back(std::move(choice));
  entity.columns.push_back(std::move(reference));
  entity.has_owning_references = true;
  entity.has_any_references = true;
}

void MetadataBuilder::link_choices(EntityMetadata& entity, RelationMetadata& relation) {
  if (relation.on_delete == ReferentialAction::set_null && !relation.nullable) {
    fault(entity, std::string{relation.name} +
                      " says on_delete(set_null), but may not be empty: say nullable");
  }
  if (entity.columns[relation.columns.front()].in_primary_key) {
    fault(entity, std::string{relation.name} +
                      " is an AnyRef, which is no part of a key: say unique<…>() and give the "
                      "entity a key of its own");
  }
  for (RelationMetadata& choice : relation.choices) {
    choice.owner = relation.owner;
    choice.index = relation.index;
    choice.target_columns = choice.target->primary_key;
  }
  const auto begins_with_it = [&](const UniqueMetadata& key) {
    return key.columns.size() >= 2 &&
           std::equal(relation.columns.begin(), relation.columns.end(), key.columns.begin());
  };
  const bool indexed = std::any_of(entity.uniques.begin(), entity.uniques.end(), begins_with_it) ||
                       std::any_of(entity.indexes.begin(), entity.indexes.end(), begins_with_it);
  if (!indexed) entity.indexes.push_back({relation.columns});
}

/// What a foreign key would do to rows that refer to one that is deleted, the flush does.
void MetadataBuilder::keep_choices() {
  for (const auto& owner : entities_) {
    for (const RelationMetadata& relation : owner->relations) {
      if (relation.owner != owner.get()) continue;
      for (const RelationMetadata& choice : relation.choices) {
        if (choice.on_delete == ReferentialAction::no_action) continue;
        for (const auto& target : entities_) {
          if (target->is_kind_of(*choice.target)) target->kept_choices.push_back(&choice);
        }
      }
    }
  }
}

}  // namespace roost::orm::detail
