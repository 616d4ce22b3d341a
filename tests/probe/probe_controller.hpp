// The controller of the probe; the routes are those of the contract.
#pragma once

#include <roost/roost.hpp>

#include <optional>
#include <string>
#include <vector>

namespace probe {

enum class Temper { calm, wild, shy };

struct NumberSeen {
  double v = 0;
  std::string t = "number";
};
struct IntegerSeen {
  std::int64_t v = 0;
  std::string t = "number";
};
struct BooleanSeen {
  bool v = false;
  std::string t = "boolean";
};
struct ImplicitBoolean {
  bool b = false;
  std::string t = "boolean";
};
struct TextSeen {
  std::string v;
};
struct TemperSeen {
  Temper v;
};
struct DateSeen {
  roost::Timestamp v;
};
struct Number {
  int n = 0;
};
struct Numbers {
  std::vector<int> ids;
};
struct Ok {
  bool ok = true;
};
struct Any {
  bool any = true;
};
struct Multi {
  bool multi = true;
};
struct Promised {
  bool async = true;
};

class DenyGuard {
 public:
  bool can_activate(roost::ExecutionContext&) { return false; }
};
class TokenGuard {
 public:
  bool can_activate(roost::ExecutionContext& context);
};

/// Lets UUIDs of version 4 pass.
class Uuid4Pipe {
 public:
  std::string transform(const std::string& text);
};
/// Lets UUIDs pass, as they are written.
class UuidPipe {
 public:
  std::string transform(const std::string& text);
};

class ProbeController {
 public:
  IntegerSeen integer(roost::Param<"v", std::int64_t> v) { return {*v}; }
  NumberSeen floating(roost::Param<"v", double> v) { return {*v}; }
  BooleanSeen boolean(roost::Param<"v", bool> v) { return {*v}; }
  TextSeen uuid(roost::Piped<roost::Param<"v">, UuidPipe> v) { return {*v}; }
  TextSeen uuid4(roost::Piped<roost::Param<"v">, Uuid4Pipe> v) { return {*v}; }
  TemperSeen temper(roost::Param<"v", Temper> v) { return {*v}; }
  DateSeen date(roost::Param<"v", roost::Timestamp> v) { return {*v}; }
  ImplicitBoolean implicit_boolean(roost::QueryParam<"b", bool> b) { return {*b}; }

  Number query_integer(roost::QueryParam<"n", int> n) { return {*n}; }
  roost::json::Value optional_integer(roost::QueryParam<"n", std::optional<int>> n);
  Number default_integer(roost::QueryParam<"n", std::optional<int>> n) { return {n->value_or(7)}; }
  Numbers integers(roost::QueryParam<"ids", std::vector<int>> ids) { return {*ids}; }
  roost::json::Value optional_integers(
      roost::QueryParam<"ids", std::optional<std::vector<int>>> ids);
  roost::json::Value query(roost::http::Request& request);
  roost::json::Value headers(roost::Header<"X-Thing", std::optional<std::string>> thing);

  void raise(roost::Param<"kind"> kind);

  std::string returns_string() { return "hello"; }
  int returns_number() { return 42; }
  bool returns_boolean() { return true; }
  const Ok* returns_null() { return nullptr; }
  void returns_nothing() {}
  roost::json::Value returns_object();
  roost::json::Value returns_empty_object() { return roost::json::Value::object(); }
  roost::json::Value returns_array();
  roost::Task<Promised> returns_later();
  roost::Task<Number> returns_last_of_several();
  std::vector<std::byte> returns_bytes();
  roost::Response returns_stream();
  roost::json::Value returns_unicode();

  roost::json::Value echo(roost::Body<roost::json::Value> body);
  roost::json::Value echo_field(roost::Body<roost::json::Value> body);
  roost::Redirect redirect() { return roost::Redirect("/probe/target", 301); }
  roost::Redirect redirect_default() { return roost::Redirect("/probe/target"); }
  roost::Redirect redirect_dynamic() { return roost::Redirect("/probe/other", 307); }
  Ok ok() { return {}; }
  Any any() { return {}; }
  Multi multi() { return {}; }
  roost::json::Value wild(roost::Param<"path"> path);

  static constexpr auto routes = roost::controller(
      "probe", roost::get<&ProbeController::integer>("int/:v"),
      roost::get<&ProbeController::floating>("float/:v"),
      roost::get<&ProbeController::boolean>("bool/:v"),
      roost::get<&ProbeController::uuid>("uuid/:v"),
      roost::get<&ProbeController::uuid4>("uuid4/:v"),
      roost::get<&ProbeController::temper>("enum/:v"),
      roost::get<&ProbeController::date>("date/:v"),
      roost::get<&ProbeController::integer>("implicit-number/:v"),
      roost::get<&ProbeController::implicit_boolean>("implicit-bool"),
      roost::get<&ProbeController::query_integer>("int-query"),
      roost::get<&ProbeController::optional_integer>("int-optional"),
      roost::get<&ProbeController::default_integer>("int-default"),
      roost::get<&ProbeController::query_integer>("int-406", roost::validation_pipe().status(406)),
      roost::get<&ProbeController::integers>("ints"),
      roost::get<&ProbeController::optional_integers>("ints-optional"),
      roost::get<&ProbeController::query>("query"),
      roost::get<&ProbeController::headers>("headers"),
      roost::get<&ProbeController::raise>("throw/:kind"),
      roost::get<&ProbeController::returns_string>("returns/string"),
      roost::get<&ProbeController::returns_number>("returns/number"),
      roost::get<&ProbeController::returns_boolean>("returns/boolean"),
      roost::get<&ProbeController::returns_null>("returns/null"),
      roost::get<&ProbeController::returns_nothing>("returns/nothing"),
      roost::get<&ProbeController::returns_nothing>("returns/undefined"),
      roost::get<&ProbeController::returns_object>("returns/object"),
      roost::get<&ProbeController::returns_empty_object>("returns/emptyObject"),
      roost::get<&ProbeController::returns_array>("returns/array"),
      roost::get<&ProbeController::returns_later>("returns/promise"),
      roost::get<&ProbeController::returns_last_of_several>("returns/observable"),
      roost::get<&ProbeController::returns_bytes>("returns/bytes"),
      roost::get<&ProbeController::returns_stream>("returns/stream"),
      roost::get<&ProbeController::returns_unicode>("returns/unicode"),
      roost::post<&ProbeController::returns_string>("returns/string"),
      roost::post<&ProbeController::returns_number>("returns/number"),
      roost::post<&ProbeController::returns_boolean>("returns/boolean"),
      roost::post<&ProbeController::returns_bytes>("returns/bytes"),
      roost::post<&ProbeController::returns_null>("returns/null"),
      roost::post<&ProbeController::returns_nothing>("returns/nothing"),
      roost::post<&ProbeController::returns_nothing>("returns/undefined"),
      roost::post<&ProbeController::returns_object>("returns/object"),
      roost::post<&ProbeController::returns_empty_object>("returns/emptyObject"),
      roost::post<&ProbeController::returns_array>("returns/array"),
      roost::post<&ProbeController::returns_later>("returns/promise"),
      roost::post<&ProbeController::returns_last_of_several>("returns/observable"),
      roost::post<&ProbeController::returns_stream>("returns/stream"),
      roost::post<&ProbeController::returns_unicode>("returns/unicode"),
      roost::post<&ProbeController::echo>("echo", roost::http_code(200)),
      roost::post<&ProbeController::echo_field>("echo-field", roost::http_code(200)),
      roost::get<&ProbeController::redirect>("redirect"),
      roost::get<&ProbeController::redirect_default>("redirect-default"),
      roost::get<&ProbeController::redirect_dynamic>("redirect-dynamic"),
      roost::get<&ProbeController::ok>("header", roost::header("Cache-Control", "no-store"),
                                       roost::header("X-Probe", "yes")),
      roost::get<&ProbeController::ok>("status", roost::http_code(202)),
      roost::get<&ProbeController::ok>("deny", roost::use_guards<DenyGuard>()),
      roost::get<&ProbeController::ok>("token", roost::use_guards<TokenGuard>()),
      roost::get<&ProbeController::integer>("token-int/:v", roost::use_guards<TokenGuard>()),
      roost::all<&ProbeController::any>("any"), roost::get<&ProbeController::wild>("wild/*path"),
      roost::get<&ProbeController::multi>("multi-a"),
      roost::get<&ProbeController::multi>("multi-b"));
};

struct ProbeModule {
  static roost::ModuleDef define();
};

}  // namespace probe
