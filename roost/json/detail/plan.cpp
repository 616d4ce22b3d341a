// Making of the plans: names are escaped, types resolved and tables laid out here, once.
#include <roost/base/error.hpp>
#include <roost/json/detail/output.hpp>
#include <roost/json/detail/plan.hpp>
#include <roost/meta/annotation.hpp>

#include <algorithm>
#include <cstring>

namespace roost::json::detail {

namespace {

using reflect::FieldDescriptor;
using reflect::ObjectDetails;
using reflect::PlanOwner;
using reflect::TypeDescriptor;
using reflect::TypeKind;

/// The plan in the slot, made by `make` if there is none yet. Of two threads one wins; the plan
/// lives until the program ends, as the descriptor does.
template <class Plan, class Make>
const Plan& plan_in(const reflect::PlanSlot& slot, const Make& make) {
  if (const void* plan = slot.plan.load()) {
    return *static_cast<const Plan*>(plan);
  }
  std::unique_ptr<Plan> made = make();
  const void* stored = slot.plan.store_first(made.get());
  if (stored == made.get()) (void)made.release();
  return *static_cast<const Plan*>(stored);
}

const reflect::PlanSlot& slot_of(const ObjectDetails& object, PlanOwner owner) {
  return object.plans[static_cast<std::size_t>(owner)];
}

std::unique_ptr<WritePlan> make_write_plan(const ObjectDetails& object) {
  auto plan = std::make_unique<WritePlan>();
  std::vector<std::size_t> positions;
  for (const FieldDescriptor& field : object.fields) {
    if (reflect::has_annotation<reflect::Hidden>(field.annotations) ||
        reflect::has_annotation<reflect::WriteOnly>(field.annotations)) {
      continue;
    }
    WriteStep step;
    step.offset = field.offset;
    step.type = &field.type();
    if (step.type->kind == TypeKind::optional) {
      step.optional = step.type->optional;
      step.type = &step.optional->element();
    }
    step.reference = step.type->reference;
    step.without = reflect::find_annotation<reflect::Without>(field.annotations);
    step.member = field.name;
    const auto* groups = reflect::find_annotation<MemberGroups>(field.annotations);
    if (groups != nullptr) step.groups = &groups->groups;
    step.operation = write_operation(*step.type);
    step.write_null = reflect::has_annotation<reflect::WriteNull>(field.annotations);
    positions.push_back(plan->pieces.size());
    std::string name;
    {
      Output output{name};
      output.put_string(field.json_name);
    }
    plan->pieces += ',';
    plan->pieces += name;
    plan->pieces += ':';
    step.piece_size = static_cast<std::uint32_t>(plan->pieces.size() - positions.back());
    plan->steps.push_back(step);
  }
  plan->pieces.append(16, '\0');
  for (std::size_t i = 0; i < positions.size(); ++i) {
    plan->steps[i].piece = plan->pieces.data() + positions[i];
  }
  return plan;
}

/// Cheap and good enough for the few names of a class: length, first and last characters.
std::size_t hash_of(std::string_view name) {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  const std::size_t size = name.size();
  if (size >= 8) {
    std::memcpy(&first, name.data(), 8);
    std::memcpy(&last, name.data() + size - 8, 8);
  } else {
    for (const char c : name) first = (first << 8) | static_cast<unsigned char>(c);
  }
  const std::uint64_t mixed = (first ^ (last * 0x9E3779B97F4A7C15U) ^ size) * 0xD6E8FEB86659FD93U;
  return static_cast<std::size_t>(mixed >> 32);
}

bool needs_no_escape(std::string_view name) {
  return std::none_of(name.begin(), name.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\';
  });
}

KeyText key_text(std::string_view name) {
  KeyText key;
  const std::string text = '"' + std::string{name} + "\":";
  if (text.size() > KeyText::capacity || !needs_no_escape(name)) return key;
  std::array<char, KeyText::capacity> bytes{};
  std::array<unsigned char, KeyText::capacity> mask{};
  std::copy(text.begin(), text.end(), bytes.begin());
  std::fill_n(mask.begin(), text.size(), static_cast<unsigned char>(0xFF));
  std::memcpy(key.words.data(), bytes.data(), bytes.size());
  std::memcpy(key.masks.data(), mask.data(), mask.size());
  key.size = text.size();
  return key;
}

/// True when null is a value of the type.
bool takes_null(const TypeDescriptor& type) {
  switch (type.kind) {
    case TypeKind::optional:
    case TypeKind::dynamic:
      return true;
    case TypeKind::variant:
      return std::any_of(type.variant->alternatives.begin(), type.variant->alternatives.end(),
                         [](reflect::TypeRef alternative) { return takes_null(alternative()); });
    default:
      return false;
  }
}

std::unique_ptr<ReadPlan> make_read_plan(const TypeDescriptor& type) {
  const ObjectDetails& object = *type.object;
  if (object.fields.size() > MemberSet::capacity) {
    throw Error("cannot read " + std::string{type.qualified_name} + " from JSON: it has " +
                std::to_string(object.fields.size()) + " members and " +
                std::to_string(MemberSet::capacity) +
                " is the limit; group some into a nested class");
  }
  auto plan = std::make_unique<ReadPlan>();
  const bool partial = object.presence_offset != ObjectDetails::no_presence;
  std::size_t slots = 8;
  while (slots < object.fields.size() * 2) slots *= 2;
  plan->slots.assign(slots, 0);
  for (const FieldDescriptor& field : object.fields) {
    ReadMember member;
    member.field = &field;
    member.type = &field.type();
    member.name = field.json_name;
    member.readable = !reflect::has_annotation<reflect::Hidden>(field.annotations) &&
                      !reflect::has_annotation<reflect::ReadOnly>(field.annotations) &&
                      member.type->kind != TypeKind::reference;
    member.offset = field.offset;
    const bool takes = takes_null(*member.type);
    member.refuses_null = takes && reflect::has_annotation<reflect::NotNull>(field.annotations);
    member.null_may_be_absent = (partial || !field.required) && (!takes || member.refuses_null);
    if (member.readable) member.key = key_text(member.name);
    if (field.required && member.readable && !partial) plan->required.insert(plan->members.size());
    std::size_t slot = hash_of(member.name) & (slots - 1);
    while (plan->slots[slot] != 0) slot = (slot + 1) & (slots - 1);
    plan->members.push_back(member);
    plan->slots[slot] = static_cast<std::uint16_t>(plan->members.size());
  }
  return plan;
}

}  // namespace

WriteOperation write_operation(const TypeDescriptor& type) {
  using enum WriteOperation;
  switch (type.kind) {
    case TypeKind::boolean:
      return boolean;
    case TypeKind::string:
      return string;
    case TypeKind::object:
      return object;
    case TypeKind::enumeration:
      return enumeration;
    case TypeKind::floating:
      if (type.size == sizeof(double)) return float64;
      return type.size == sizeof(float) ? float32 : other;
    case TypeKind::integer:
      switch (type.integer.bytes) {
        case 1:
          return type.integer.is_signed ? int8 : uint8;
        case 2:
          return type.integer.is_signed ? int16 : uint16;
        case 4:
          return type.integer.is_signed ? int32 : uint32;
        case 8:
          return type.integer.is_signed ? int64 : uint64;
        default:
          return other;
      }
    default:
      return other;
  }
}

const WritePlan& write_plan(const ObjectDetails& object) {
  return plan_in<WritePlan>(slot_of(object, PlanOwner::json_write),
                            [&] { return make_write_plan(object); });
}

const ReadPlan& read_plan(const TypeDescriptor& type) {
  return plan_in<ReadPlan>(slot_of(*type.object, PlanOwner::json_read),
                           [&] { return make_read_plan(type); });
}

std::size_t ReadPlan::find(std::string_view name) const {
  const std::size_t mask = slots.size() - 1;
  for (std::size_t slot = hash_of(name) & mask; slots[slot] != 0; slot = (slot + 1) & mask) {
    const std::size_t index = slots[slot] - std::size_t{1};
    if (members[index].name == name) return index;
  }
  return not_found;
}

}  // namespace roost::json::detail
