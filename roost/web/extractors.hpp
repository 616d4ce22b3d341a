// Where a handler's parameter comes from is its type: Body, Query, Param, QueryParam, Header,
// Cookie, …
#pragma once

#include <roost/base/fixed_string.hpp>

#include <string>
#include <utility>

namespace roost {

namespace web {

/// What all extracted parameters share: they own their value and read like it.
template <class T>
class Extracted {
 public:
  using value_type = T;

  Extracted() = default;
  explicit Extracted(T value) : value_{std::move(value)} {}

  [[nodiscard]] T& operator*() { return value_; }
  [[nodiscard]] const T& operator*() const { return value_; }
  [[nodiscard]] T* operator->() { return &value_; }
  [[nodiscard]] const T* operator->() const { return &value_; }
  [[nodiscard]] T& value() { return value_; }
  [[nodiscard]] const T& value() const { return value_; }
  operator const T&() const { return value_; }  // implicit: a Param<"id", int> is used as an int

 private:
  T value_{};
};

}  // namespace web

/// The request's body, read by type and validated. JSON, or a form (its members are strings); a
/// body of another type, or none, counts as `{}`. At most one per handler.
template <class T>
class Body : public web::Extracted<T> {
  using web::Extracted<T>::Extracted;
};

/// The whole query string as a struct, read strictly by the types of its members and validated;
/// unknown keys are refused.
template <class T>
class Query : public web::Extracted<T> {
  using web::Extracted<T>::Extracted;
};

/// One segment of the path: `Param<"id", int>` belongs to the placeholder `:id`.
template <FixedString Name, class T = std::string>
class Param : public web::Extracted<T> {
  using web::Extracted<T>::Extracted;

 public:
  static constexpr auto name = Name;
};

/// One key of the query string. Missing is an error unless T is a std::optional; a list takes
/// repeated keys and commas.
template <FixedString Name, class T = std::string>
class QueryParam : public web::Extracted<T> {
  using web::Extracted<T>::Extracted;

 public:
  static constexpr auto name = Name;
};

/// One header, its name in any case. Missing is an error unless T is a std::optional. One that is
/// given several times is joined by commas, where it may be (not Authorization, for example).
template <FixedString Name, class T = std::string>
class Header : public web::Extracted<T> {
  using web::Extracted<T>::Extracted;

 public:
  static constexpr auto name = Name;
};

/// One cookie. Missing is an error unless T is a std::optional.
template <FixedString Name, class T = std::string>
class Cookie : public web::Extracted<T> {
  using web::Extracted<T>::Extracted;

 public:
  static constexpr auto name = Name;
};

/// A cookie whose value was signed by CookieSigner, which must be among the providers of a module.
/// One with a wrong signature, or none, counts as missing: an error unless T is a std::optional.
template <FixedString Name, class T = std::string>
class SignedCookie : public web::Extracted<T> {
  using web::Extracted<T>::Extracted;

 public:
  static constexpr auto name = Name;
};

/// The address of the client, as text.
class Ip : public web::Extracted<std::string> {
  using web::Extracted<std::string>::Extracted;
};

/// The request's id, as in the log and in the X-Request-Id header of the answer.
class RequestId : public web::Extracted<std::string> {
  using web::Extracted<std::string>::Extracted;
};

}  // namespace roost
