#include <roost/async/subject.hpp>
#include <roost/base/error.hpp>
#include <roost/http/fields.hpp>
#include <roost/http/request.hpp>
#include <roost/http/response.hpp>
#include <roost/http/status.hpp>
#include <roost/http/stream.hpp>
#include <roost/testing/test_application.hpp>
#include <roost/web/dispatcher.hpp>

#include <algorithm>

namespace roost::testing {

namespace {

Task<void> read_all(std::unique_ptr<http::Stream> stream, std::string& out) {
  bool more = true;
  while (more) {
    more = co_await stream->next(out);
  }
}

}  // namespace

std::optional<std::string> TestResponse::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (http::equal_ignoring_case(key, name)) return value;
  }
  return std::nullopt;
}

json::Value TestResponse::json() const { return json::read_or_throw<json::Value>(body); }

struct TestApplication::State {
  explicit State(Application given) : application{std::move(given)} {}

  EventLoop loop;
  Application application;
  di::BuildOptions options;
  bool started = false;
  bool stopped = false;
};

TestApplication::TestApplication(Application application)
    : state_{std::make_unique<State>(std::move(application))} {}
TestApplication::TestApplication(TestApplication&&) noexcept = default;
TestApplication& TestApplication::operator=(TestApplication&&) noexcept = default;
TestApplication::~TestApplication() {
  if (state_ != nullptr) stop();
}

di::BuildOptions& TestApplication::options() {
  if (state_->started) throw Error("a provider is overridden before the application starts");
  return state_->options;
}

void TestApplication::start() {
  if (state_->started) return;
  state_->started = true;
  state_->application.start(state_->loop, std::move(state_->options));
}

void TestApplication::stop() {
  if (!state_->started || state_->stopped) return;
  state_->stopped = true;
  state_->application.stop(state_->loop);
}

Application& TestApplication::application() { return state_->application; }
EventLoop& TestApplication::loop() { return state_->loop; }

TestResponse TestApplication::inject(const TestRequest& given) {
  if (state_->stopped) throw Error("the application has been stopped");
  start();
  http::Request request;
  http::Response response;
  request.assign_method(given.method);
  if (!request.assign_target(given.path)) {
    throw Error("\"" + given.path + "\" is no request target: begin it with a slash and encode it");
  }
  request.assign_remote("127.0.0.1", 0, false);
  const bool has_json = !given.json.empty();
  bool has_type = false;
  for (const auto& [name, value] : given.headers) {
    request.add_header(name, value);
    has_type = has_type || http::equal_ignoring_case(name, "Content-Type");
  }
  if (has_json && !has_type) request.add_header("Content-Type", "application/json");
  request.assign_body(has_json ? given.json : given.body);

  web::Dispatcher& dispatcher = state_->application.dispatcher();
  {
    const async::SubjectScope subject{&request};
    Task<void> task = dispatcher.handle(request, response);
    if (task.coroutine()) state_->loop.block_on(std::move(task));
  }
  TestResponse answer;
  answer.status = static_cast<int>(response.status());
  response.for_each_header([&](std::string_view name, std::string_view value) {
    answer.headers.emplace_back(name, value);
  });
  answer.body = response.body_view();
  if (auto stream = response.take_stream()) {
    state_->loop.block_on(read_all(std::move(stream), answer.body));
  }
  if (given.method == http::Method::HEAD || http::status_forbids_body(response.status())) {
    answer.body.clear();
  }
  dispatcher.on_response(request, response);
  return answer;
}

}  // namespace roost::testing
