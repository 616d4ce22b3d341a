// A column and what it is set to.
#pragma once

#include <roost/sql/expression.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace roost::db {

namespace detail {
class QuerySink;
}

/// A column that is written: a member, or a name. Not an expression.
class Column {
 public:
  template <auto... Members>
  Column(Field<Members...>) : path_{&path_of<Members...>()} {}
  Column(const char* name) : name_{name} {}
  Column(std::string_view name) : name_{name} {}
  Column(std::string name) : name_{std::move(name)} {}

  void write(detail::QuerySink& out) const;
  [[nodiscard]] bool same_as(const Column& other) const {
    return path_ == other.path_ && name_ == other.name_;
  }
  [[nodiscard]] const Path* path() const { return path_; }
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  const Path* path_ = nullptr;
  std::string name_;
};

namespace detail {

struct Assignment {
  Column column;
  Expression value;
};

/// What a column is set to: a value, also a missing one; an expression; nullptr.
template <class Target, class T>
[[nodiscard]] Expression assigned(const T& value) {
  if constexpr (is_null_pointer<T>) {
    return Expression::null();
  } else if constexpr (is_optional_value<T> && requires { value.has_value(); }) {
    return value.has_value() ? assigned<Target>(*value) : Expression::null();
  } else {
    static_cast<void>(check_comparable<Target, T>());
    return to_operand<Target>(value);
  }
}

template <class C, class T>
[[nodiscard]] Assignment assignment(const C& column, const T& value) {
  if constexpr (Operand<C>) {
    return {Column(column), assigned<operand_type<C>>(value)};
  } else {
    return {Column(column), assigned<Anything>(value)};
  }
}

}  // namespace detail
}  // namespace roost::db
