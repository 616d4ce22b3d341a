// Reading into dynamic values.
#include <roost/json/detail/reader.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace roost::json::detail {

namespace {

constexpr std::size_t first_room = 4;    // members of an object, elements of an array
constexpr std::size_t few_members = 16;  // searched one by one while reading

/// Positions of members whose name stands further in front as well.
std::vector<std::size_t> find_duplicates(const std::vector<Member>& members) {
  std::vector<std::size_t> order(members.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const int compared = members[a].name.compare(members[b].name);
    return compared != 0 ? compared < 0 : a < b;
  });
  std::vector<std::size_t> duplicates;
  for (std::size_t i = 1; i < order.size(); ++i) {
    if (members[order[i]].name == members[order[i - 1]].name) duplicates.push_back(order[i]);
  }
  std::sort(duplicates.begin(), duplicates.end());
  return duplicates;
}

/// A plain integer stays exact; anything else is a double.
Value number_value(const NumberText& number) {
  if (number.plain && number.magnitude) {
    const ExactInteger integer{number.negative, *number.magnitude};
    if (const auto value = integer.as_int64()) return *value;
    if (const auto value = integer.as_uint64()) return *value;
  }
  return nearest_double(number);
}

}  // namespace

bool Reader::read_dynamic(Value& target, const Place* place) {
  if (!target.is_null()) target = Value{};
  const char c = cursor_.peek();
  switch (c) {
    case '{':
      return read_dynamic_object(target, place);
    case '[':
      return read_dynamic_array(target, place);
    case '"': {
      std::string_view text;
      if (!cursor_.read_string(text)) return false;
      ValueBuilder::make_string(target, text);
      return true;
    }
    case 't':
      target = Value{true};
      return cursor_.read_word("true");
    case 'f':
      target = Value{false};
      return cursor_.read_word("false");
    case 'n':
      return cursor_.read_word("null");
    default:
      break;
  }
  if (c != '-' && (c < '0' || c > '9')) return cursor_.fail_unexpected("a value");
  std::int64_t small = 0;
  if (cursor_.take_small_integer(small)) {
    target = Value{small};
    return true;
  }
  NumberText number;
  if (!cursor_.read_number(number)) return false;
  Value value = number_value(number);
  if (value.kind() == ValueKind::number && !std::isfinite(value.as_double())) {
    report(IssueCode::out_of_range, nullptr, place, raw_number(number));
    return true;
  }
  target = std::move(value);
  return true;
}

bool Reader::read_dynamic_array(Value& target, const Place* place) {
  const Level level{*this};
  if (!level.ok()) return false;
  Value::Array& array = ValueBuilder::make_array(target);
  Place here{place, place == nullptr ? nullptr : place->field, {}, 0, true};
  cursor_.next();
  bool more = cursor_.peek() != ']';
  if (!more) cursor_.next();
  while (more) {
    if (array.empty()) array.reserve(first_room);
    here.index = array.size();
    if (!read_dynamic(array.emplace_back(), &here)) return false;
    if (!cursor_.read_separator(']', more)) return false;
  }
  return true;
}

bool Reader::read_dynamic_object(Value& target, const Place* place) {
  const Level level{*this};
  if (!level.ok()) return false;
  std::vector<Member>& members = ValueBuilder::make_object(target);
  Place here{place, place == nullptr ? nullptr : place->field, {}, 0, false};
  cursor_.next();
  bool more = cursor_.peek() != '}';
  if (!more) cursor_.next();
  while (more) {
    std::string_view name;
    if (cursor_.peek() != '"') return cursor_.fail_unexpected("a member name in quotes");
    if (!cursor_.read_string(name)) return false;
    const bool duplicate = members.size() < few_members && target.find(name) != nullptr;
    if (members.empty()) members.reserve(first_room);
    Member& member = members.emplace_back();
    member.name = name;
    here.name = member.name;
    if (!cursor_.read_colon() || !read_dynamic(member.value, &here)) return false;
    if (duplicate) {
      report(IssueCode::duplicate_member, nullptr, &here);
      members.pop_back();
    }
    if (!cursor_.read_separator('}', more)) return false;
  }
  if (members.size() <= few_members) return true;
  const std::vector<std::size_t> duplicates = find_duplicates(members);
  for (const std::size_t position : duplicates) {
    here.name = members[position].name;
    report(IssueCode::duplicate_member, nullptr, &here);
  }
  return true;
}

}  // namespace roost::json::detail
