// An array in the place of an object, and an object in the place of an array: what they hold is
// checked all the same, as class-validator does, so that one answer names everything that is wrong.
#include <roost/json/read.hpp>
#include <roost/validation/detail/walker.hpp>

#include <memory>
#include <new>

namespace roost::validation::detail {

namespace {

using reflect::TypeDescriptor;

/// An object of a described class for the time of a check.
class Temporary {
 public:
  explicit Temporary(const TypeDescriptor& type) : type_{type}, memory_{::operator new(type.size)} {
    type.construct(memory_.get());
  }
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;
  ~Temporary() { type_.destroy(memory_.get()); }

  [[nodiscard]] void* get() const { return memory_.get(); }

 private:
  struct Free {
    void operator()(void* memory) const { ::operator delete(memory); }
  };
  const TypeDescriptor& type_;
  std::unique_ptr<void, Free> memory_;
};

/// The end of the element that begins at `begin`, in an array that is well-formed.
std::size_t end_of_element(std::string_view array, std::size_t begin) {
  std::size_t depth = 0;
  bool quoted = false;
  for (std::size_t i = begin; i < array.size(); ++i) {
    const char c = array[i];
    if (quoted) {
      if (c == '\\') ++i;
      if (c == '"') quoted = false;
      continue;
    }
    if (c == '"') quoted = true;
    if (depth == 0 && (c == ',' || c == ']')) return i;
    if (c == '[' || c == '{') ++depth;
    if (c == ']' || c == '}') --depth;
  }
  return array.size();
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

}  // namespace

void Walker::check_object_instead(const TypeDescriptor& type, std::string_view object,
                                  const Place* place) {
  if (object.empty() || type.construct == nullptr || type.destroy == nullptr) return;
  const Temporary made{type};
  json::ReadOptions options;
  options.max_depth = json::ReadOptions::deepest;
  if (options_.null_is_absent) options.null_members = json::NullMembers::as_absent;
  json::Issues issues;
  json::read(type, made.get(), object, options, issues);
  if (issues.document_fault()) return;
  const IssueTree tree{issues};
  this->object(type, made.get(), &tree.root(), place);
}

void Walker::check_elements_instead(const Member& member, std::string_view array,
                                    const Place* place) {
  if (array.empty()) return;
  const std::string name{member.plan.field->json_name};
  std::size_t index = 0;
  for (std::size_t begin = 1; begin < array.size();) {
    const std::size_t end = end_of_element(array, begin);
    const std::string_view element = trimmed(array.substr(begin, end - begin));
    begin = end + 1;
    if (element.empty()) break;  // of an empty array
    const Place here{place, {}, index, true};
    if (element.front() == '{') {
      check_object_instead(*member.plan.type, element, &here);
    } else if (element.front() == '[') {
      check_elements_instead(member, element, &here);
    } else {
      add(place, std::to_string(index), "nestedValidation",
          "nested property " + name + " must be either object or array");
    }
    ++index;
  }
}

}  // namespace roost::validation::detail
