// Which members of a class have a default member initialiser.
//
// C++ does not tell whether a member has an initialiser, so the members are watched while an object
// is made. Storage is filled with a byte pattern, and the class is default-initialised in it
// (`new (storage) T`, without parentheses): the constructor writes members with an initialiser and
// class members, and leaves the other scalars alone. A member whose bytes still are the pattern has
// no initialiser; since an initialiser may happen to write the pattern, this is done twice, with
// 0xAA and 0x55. That says all about scalars. A member of class type always gets written; it counts
// as having an initialiser when it does not equal a default-made object of its type.
//
// To the optimiser, what was in the storage before the constructor is lost (-flifetime-dse), so a
// compiler that saw the filling, the construction and the inspection together could drop the
// pattern. They are in different functions here, the construction is called through a pointer, and
// a barrier that it cannot look behind stands between them. Verified for g++ 12 and clang 14 at
// -O0, -O2 and -O3, and with AddressSanitizer and UndefinedBehaviorSanitizer.
#include <roost/meta/detail/default_values.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <vector>

namespace roost::reflect::detail {

namespace {

/// The optimiser must take it that anything may have happened to the storage.
void forget_contents(void* storage) { asm volatile("" : : "r"(storage) : "memory"); }

class Storage {
 public:
  Storage(std::size_t size, std::size_t alignment)
      : size_{size},
        alignment_{std::max(alignment, alignof(std::max_align_t))},
        bytes_{static_cast<std::byte*>(::operator new (size_, std::align_val_t{alignment_}))} {}
  Storage(const Storage&) = delete;
  Storage& operator=(const Storage&) = delete;
  ~Storage() { ::operator delete (bytes_, std::align_val_t{alignment_}); }

  void fill(std::byte pattern) {
    std::fill_n(bytes_, size_, pattern);
    forget_contents(bytes_);
  }
  [[nodiscard]] std::byte* bytes() const { return bytes_; }

 private:
  std::size_t size_;
  std::size_t alignment_;
  std::byte* bytes_;
};

class MadeObject {
 public:
  MadeObject(Storage& storage, void (*make)(void*), void (*destroy)(void*))
      : bytes_{storage.bytes()}, destroy_{destroy} {
    make(bytes_);
    forget_contents(bytes_);
  }
  MadeObject(const MadeObject&) = delete;
  MadeObject& operator=(const MadeObject&) = delete;
  ~MadeObject() { destroy_(bytes_); }

 private:
  std::byte* bytes_;
  void (*destroy_)(void*);
};

bool keeps_pattern(const std::byte* bytes, std::size_t size, std::byte pattern) {
  return std::all_of(bytes, bytes + size, [pattern](std::byte b) { return b == pattern; });
}

bool differs_from_default(const TypeDescriptor& type, const void* member) {
  if (type.construct == nullptr || type.destroy == nullptr || type.equal == nullptr) return false;
  Storage storage{type.size, type.alignment};
  storage.fill(std::byte{0});
  const MadeObject fresh{storage, type.construct, type.destroy};
  return !type.equal(storage.bytes(), member);
}

/// Of a member that the constructor wrote.
bool was_given_a_value(const TypeDescriptor& type, const void* member) {
  switch (type.kind) {
    case TypeKind::boolean:
    case TypeKind::integer:
    case TypeKind::floating:
    case TypeKind::enumeration:
      return true;
    case TypeKind::object:
      return false;
    case TypeKind::optional:
      return type.optional->get(member) != nullptr ||
             (type.optional->is_null != nullptr && type.optional->is_null(member));
    case TypeKind::string:
    case TypeKind::text:
    case TypeKind::sequence:
    case TypeKind::map:
    case TypeKind::variant:
    case TypeKind::dynamic:
      return differs_from_default(type, member);
    case TypeKind::reference:
      return true;
  }
  return false;
}

}  // namespace

void find_default_values(const ObjectPlan& plan, std::span<FieldDescriptor> fields) {
  const TypeDescriptor& type = plan.prototype;
  if (plan.default_construct == nullptr) return;
  std::vector<bool> written(fields.size(), false);
  Storage storage{type.size, type.alignment};
  try {
    for (const std::byte pattern : {std::byte{0xAA}, std::byte{0x55}}) {
      storage.fill(pattern);
      const MadeObject object{storage, plan.default_construct, type.destroy};
      for (std::size_t i = 0; i < fields.size(); ++i) {
        const std::byte* member = storage.bytes() + fields[i].offset;
        if (!keeps_pattern(member, fields[i].type().size, pattern)) written[i] = true;
      }
      if (pattern != std::byte{0x55}) continue;
      for (std::size_t i = 0; i < fields.size(); ++i) {
        const void* member = storage.bytes() + fields[i].offset;
        fields[i].has_default = written[i] && was_given_a_value(fields[i].type(), member);
      }
    }
  } catch (...) {
    // The constructor needs something that is not there yet: its members are required.
    for (FieldDescriptor& field : fields) field.has_default = false;
  }
}

}  // namespace roost::reflect::detail
