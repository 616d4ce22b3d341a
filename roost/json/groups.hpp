// Members that only some readers may see: written to JSON when one of their groups is shown.
#pragma once

#include <roost/meta/describe.hpp>
#include <roost/meta/type_descriptor.hpp>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace roost {

/// A few names of groups. The texts must outlive the program (literals).
class Groups {
 public:
  static constexpr std::size_t most = 8;

  constexpr Groups() = default;
  [[nodiscard]] constexpr Groups with(std::string_view group) const {
    if (count_ == most) throw "groups: at most eight groups";
    if (group.empty()) throw "groups: a name is expected";
    Groups copy = *this;
    copy.names_[copy.count_++] = group;
    return copy;
  }
  [[nodiscard]] constexpr bool contains(std::string_view group) const {
    for (std::size_t i = 0; i < count_; ++i) {
      if (names_[i] == group) return true;
    }
    return false;
  }
  [[nodiscard]] constexpr bool meets(const Groups& other) const {
    for (std::size_t i = 0; i < count_; ++i) {
      if (other.contains(names_[i])) return true;
    }
    return false;
  }

 private:
  std::array<std::string_view, most> names_{};
  std::size_t count_ = 0;
};

namespace json {

/// The annotation that groups() makes.
struct MemberGroups {
  Groups groups;
};

/// As write(type, object, out), with the members of these groups; without them those members do not
/// appear.
void write(const reflect::TypeDescriptor& type, const void* object, const Groups& shown,
           std::string& out);
template <class T>
[[nodiscard]] std::string write(const T& object, const Groups& shown) {
  std::string out;
  write(reflect::type_of<T>(), &object, shown, out);
  return out;
}

}  // namespace json

/// Annotation of a member: it is written only where one of these groups is shown. Reading does not
/// care. `field<&User::email>(groups("owner", "admin"))`.
template <class... Text>
constexpr json::MemberGroups groups(std::string_view first, const Text&... more) {
  json::MemberGroups made{Groups{}.with(first)};
  ((made.groups = made.groups.with(more)), ...);
  return made;
}

}  // namespace roost
