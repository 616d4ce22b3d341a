// The value that a rule looks at: a member of a C++ object, or what the input had in its place.
// One small view for both, so that each rule is written once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace roost::validation {

class Subject;

/// The elements of an array under test. Implemented by the engine; rules only read.
class Elements {
 public:
  Elements() = default;
  Elements(const Elements&) = delete;
  Elements& operator=(const Elements&) = delete;

  /// Number of elements.
  [[nodiscard]] virtual std::size_t size() const = 0;
  /// Calls `visit` for each element in order until it says false.
  virtual void for_each(void* context,
                        bool (*visit)(void* context, const Subject& element)) const = 0;

  /// True when `predicate(element)` holds for every element.
  template <class Predicate>
  [[nodiscard]] bool all(Predicate predicate) const {
    struct State {
      Predicate& predicate;
      bool result;
    } state{predicate, true};
    for_each(&state, [](void* context, const Subject& element) {
      auto& seen = *static_cast<State*>(context);
      seen.result = seen.predicate(element);
      return seen.result;
    });
    return state.result;
  }

 protected:
  ~Elements() = default;
};

/// What kind of value a Subject is.
enum class SubjectKind : std::uint8_t {
  absent,  // the member is not in the input
  null,
  boolean,
  integer,           // fits std::int64_t
  unsigned_integer,  // above that, fits std::uint64_t
  floating,          // any other number; may be NaN or infinite
  string,
  date,  // a point in time
  array,
  object,
};

/// A view; valid as long as the value that it was made from. Cheap to copy.
class Subject {
 public:
  /// The absent value.
  constexpr Subject() = default;

  [[nodiscard]] static constexpr Subject null() { return Subject{SubjectKind::null}; }
  [[nodiscard]] static constexpr Subject boolean(bool value) {
    Subject subject{SubjectKind::boolean};
    subject.bits_ = value ? 1 : 0;
    return subject;
  }
  [[nodiscard]] static constexpr Subject integer(std::int64_t value) {
    Subject subject{SubjectKind::integer};
    subject.bits_ = static_cast<std::uint64_t>(value);
    return subject;
  }
  [[nodiscard]] static constexpr Subject integer(std::uint64_t value) {
    if (value <= static_cast<std::uint64_t>(INT64_MAX)) {
      return integer(static_cast<std::int64_t>(value));
    }
    Subject subject{SubjectKind::unsigned_integer};
    subject.bits_ = value;
    return subject;
  }
  [[nodiscard]] static constexpr Subject floating(double value) {
    Subject subject{SubjectKind::floating};
    subject.number_ = value;
    return subject;
  }
  [[nodiscard]] static constexpr Subject string(std::string_view text) {
    Subject subject{SubjectKind::string};
    subject.text_ = text;
    return subject;
  }
  /// A point in time in milliseconds since 1970-01-01T00:00:00Z.
  [[nodiscard]] static constexpr Subject date(std::int64_t milliseconds) {
    Subject subject{SubjectKind::date};
    subject.bits_ = static_cast<std::uint64_t>(milliseconds);
    return subject;
  }
  /// An array whose elements can be read.
  [[nodiscard]] static Subject array(const Elements& elements) {
    Subject subject{SubjectKind::array};
    subject.elements_ = &elements;
    subject.bits_ = elements.size();
    return subject;
  }
  /// An array of which only the size is known.
  [[nodiscard]] static constexpr Subject array(std::size_t size) {
    Subject subject{SubjectKind::array};
    subject.bits_ = size;
    return subject;
  }
  /// An object, or map, whose values can be read.
  [[nodiscard]] static Subject object(const Elements& values) {
    Subject subject = array(values);
    subject.kind_ = SubjectKind::object;
    return subject;
  }
  /// An object with so many members.
  [[nodiscard]] static constexpr Subject object(std::size_t size) {
    Subject subject{SubjectKind::object};
    subject.bits_ = size;
    return subject;
  }

  [[nodiscard]] constexpr SubjectKind kind() const { return kind_; }
  [[nodiscard]] constexpr bool is_missing() const {
    return kind_ == SubjectKind::absent || kind_ == SubjectKind::null;
  }
  [[nodiscard]] constexpr bool is_string() const { return kind_ == SubjectKind::string; }
  [[nodiscard]] constexpr bool is_date() const { return kind_ == SubjectKind::date; }
  [[nodiscard]] constexpr bool is_array() const { return kind_ == SubjectKind::array; }
  [[nodiscard]] constexpr bool is_object() const { return kind_ == SubjectKind::object; }
  [[nodiscard]] constexpr bool is_number() const {
    return kind_ == SubjectKind::integer || kind_ == SubjectKind::unsigned_integer ||
           kind_ == SubjectKind::floating;
  }

  /// Text of a string; empty for anything else.
  [[nodiscard]] constexpr std::string_view text() const { return text_; }
  [[nodiscard]] constexpr bool as_boolean() const { return bits_ != 0; }
  /// Value of SubjectKind::integer, milliseconds of a date.
  [[nodiscard]] constexpr std::int64_t as_integer() const {
    return static_cast<std::int64_t>(bits_);
  }
  /// Value of SubjectKind::unsigned_integer.
  [[nodiscard]] constexpr std::uint64_t as_unsigned() const { return bits_; }
  /// Nearest double of any number; 0 for anything else.
  [[nodiscard]] double as_double() const;
  /// Elements of an array or members of an object.
  [[nodiscard]] constexpr std::size_t size() const { return static_cast<std::size_t>(bits_); }
  /// Elements of an array, values of an object; null when they are not known.
  [[nodiscard]] constexpr const Elements* elements() const { return elements_; }

 private:
  constexpr explicit Subject(SubjectKind kind) : kind_{kind} {}

  SubjectKind kind_ = SubjectKind::absent;
  std::uint64_t bits_ = 0;
  double number_ = 0;
  std::string_view text_;
  const Elements* elements_ = nullptr;
};

/// Sign of a − b for two numbers, exact between integers and doubles; 2 when one is NaN.
[[nodiscard]] int compare_numbers(const Subject& a, const Subject& b);

/// Same kind and same value; numbers by value. Arrays are equal when their elements are, objects
/// never (their members are not known).
[[nodiscard]] bool same_value(const Subject& a, const Subject& b);

/// A total order over values, for finding duplicates.
[[nodiscard]] int order_values(const Subject& a, const Subject& b);

/// Appends the value as messages show it: text as it is, numbers shortest, dates as ISO 8601.
void append_text(const Subject& subject, std::string& out);
/// Appends a number as JavaScript prints it: 0.1, 100, 1e+21, 1e-7.
void append_number(double number, std::string& out);
/// Appends 2024-01-31T10:00:00.000Z.
void append_iso_date(std::int64_t milliseconds, std::string& out);

}  // namespace roost::validation
