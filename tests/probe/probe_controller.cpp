#include "probe_controller.hpp"

#include "throwing.hpp"
#include <roost/async/timers.hpp>
#include <roost/http/request.hpp>
#include <roost/http/stream.hpp>

#include <memory>
#include <utility>

namespace probe {

using namespace roost;
using json::Value;

bool TokenGuard::can_activate(ExecutionContext& context) {
  const auto authorization = context.request().header("Authorization");
  if (!authorization) throw UnauthorizedException();
  return *authorization == "Bearer good";
}

std::string UuidPipe::transform(const std::string& text) {
  if (!Uuid::parse(text)) throw BadRequestException("Validation failed (uuid is expected)");
  return text;
}

std::string Uuid4Pipe::transform(const std::string& text) {
  const auto uuid = Uuid::parse(text);
  if (!uuid || uuid->version() != 4) {
    throw BadRequestException("Validation failed (uuid v 4 is expected)");
  }
  return text;
}

Value ProbeController::optional_integer(QueryParam<"n", std::optional<int>> n) {
  if (!n->has_value()) return Value::object().set("n", "absent");
  return Value::object().set("n", **n);
}

Value ProbeController::optional_integers(QueryParam<"ids", std::optional<std::vector<int>>> ids) {
  if (!ids->has_value()) return Value::object().set("ids", "absent");
  Value array = Value::array();
  for (const int id : **ids) array.push_back(id);
  return Value::object().set("ids", std::move(array));
}

Value ProbeController::query(http::Request& request) {
  json::Object object;
  for (const auto& [name, value] : request.query_parameters()) {
    Value* earlier = object.find(name);
    if (earlier == nullptr) {
      object.set(name, value);
    } else if (earlier->is_array()) {
      earlier->as_array().push_back(value);
    } else {
      *earlier = Value::array(std::move(*earlier), value);
    }
  }
  return object;
}

Value ProbeController::headers(Header<"X-Thing", std::optional<std::string>> thing) {
  return Value::object().set("thing", thing->has_value() ? Value(**thing) : Value());
}

void ProbeController::raise(Param<"kind"> kind) { throw_by_name(*kind); }

Value ProbeController::returns_object() {
  return Value::object()
      .set("a", 1)
      .set("n", nullptr)
      .set("d", Timestamp::parse("2020-01-01")->to_string())
      .set("f", 1.5);
}

Value ProbeController::returns_array() {
  return Value::array(1, "two", Value::object().set("three", 3));
}

Task<Promised> ProbeController::returns_later() {
  co_await sleep_for(std::chrono::milliseconds(1));
  co_return Promised{};
}

Task<Number> ProbeController::returns_last_of_several() {
  Number last;
  for (int n = 1; n <= 2; ++n) {
    co_await sleep_for(std::chrono::milliseconds(1));
    last.n = n;
  }
  co_return last;
}

std::vector<std::byte> ProbeController::returns_bytes() {
  return {std::byte{0}, std::byte{1}, std::byte{254}, std::byte{255}};
}

namespace {

/// "file!" in two pieces.
class FileStream final : public http::Stream {
 public:
  Task<bool> next(std::string& out) override {
    out += first_ ? "file" : "!";
    const bool more = std::exchange(first_, false);
    co_return more;
  }

 private:
  bool first_ = true;
};

}  // namespace

Response ProbeController::returns_stream() {
  return Response()
      .header("Content-Disposition", "attachment; filename=\"f.txt\"")
      .stream("text/plain", std::make_unique<FileStream>());
}

Value ProbeController::returns_unicode() {
  return Value::object().set("s", "\u017Elu\u0165ou\u010Dk\u00FD \U0001F431");
}

Value ProbeController::echo(Body<Value> body) {
  const char* type = body->is_array() ? "array" : body->is_object() ? "object" : "undefined";
  return Value::object().set("type", type).set("body", std::move(*body));
}

Value ProbeController::echo_field(Body<Value> body) {
  Value field;
  if (body->is_object()) {
    if (const Value* found = body->as_object().find("a")) field = *found;
  }
  return Value::object().set("a", std::move(field));
}

Value ProbeController::wild(Param<"path"> path) { return Value::object().set("path", *path); }

ModuleDef ProbeModule::define() {
  return module<ProbeModule>(controllers<ProbeController>(),
                             providers<DenyGuard, TokenGuard, UuidPipe, Uuid4Pipe>());
}

}  // namespace probe
