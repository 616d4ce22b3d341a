// The life of a connection.
#include <roost/async/errors.hpp>
#include <roost/async/subject.hpp>
#include <roost/base/error.hpp>
#include <roost/http/detail/body_feed.hpp>
#include <roost/http/detail/connection.hpp>
#include <roost/http/exceptions.hpp>
#include <roost/http/stream.hpp>

#include <algorithm>
#include <cstring>
#include <sys/epoll.h>
#include <utility>

namespace roost::http::detail {

namespace {

// How often a connection may read before others have their turn.
constexpr int reads_per_turn = 8;
// Bodies of this size are not copied behind their heads.
constexpr std::size_t sent_apart = std::size_t{16} * 1024;
constexpr std::chrono::milliseconds linger_time{2'000};
constexpr std::string_view json_type = "application/json; charset=utf-8";
constexpr std::string_view internal_error =
    R"({"statusCode":500,"message":"Internal server error"})";

constexpr std::string_view gave_up = R"({"message":"Service Unavailable","statusCode":503})";

}  // namespace

Connection::Connection(Worker& worker, std::unique_ptr<Transport> transport,
                       std::string remote_address, std::uint16_t remote_port)
    : worker_{worker},
      transport_{std::move(transport)},
      remote_address_{std::move(remote_address)},
      remote_port_{remote_port},
      timeout_{worker.loop(), [this] { on_timeout(); }} {
  timeout_.arm(worker_.options().header_timeout);
}

Connection::~Connection() {
  if (exchange_) exchange_->task = {};
  if (state_ != State::closed) worker_.poller().remove(transport_->descriptor(), *this);
  if (counted) worker_.shared().counts.leave(*counted);
}

std::coroutine_handle<> Connection::TaskEnd::on_task_finished(async::PromiseBase&) noexcept {
  connection.worker_.loop().schedule(*this);
  return std::noop_coroutine();
}

void Connection::TaskEnd::fire(LoopNode& node) {
  static_cast<TaskEnd&>(node).connection.task_ended();
}

void Connection::Again::fire(LoopNode& node) {
  Connection& connection = static_cast<Again&>(node).connection;
  connection.on_ready(0);
}

void Connection::on_ready(std::uint32_t events) {
  try {
    handle_events(events);
  } catch (...) {  // out of memory, for example: this connection is given up, the server goes on
    worker_.loop().report(std::current_exception(), "an HTTP connection");
    client_left();
  }
}

void Connection::handle_events(std::uint32_t events) {
  if (state_ == State::closed) return;
  if ((events & (EPOLLERR | EPOLLHUP)) != 0) return client_left();
  if ((events & EPOLLIN) != 0) readable_ = true;
  // TLS may have waited to write before it could read on.
  if ((events & EPOLLOUT) != 0 && !transport_->short_read_means_empty()) readable_ = true;
  const bool ended_now = (events & EPOLLRDHUP) != 0 && !std::exchange(peer_ended_, true);
  if (output_blocked() && (events & EPOLLOUT) != 0) resume_output();
  // Who ends the sending side behind a body that is still being read has only sent all of it.
  const bool uploads = feed_ != nullptr && !feed_->complete();
  const bool busy = (state_ == State::handling && !uploads) || state_ == State::streaming;
  if (busy && ended_now && worker_.options().cancel_when_client_leaves && cancellation_) {
    cancellation_->request_cancellation();
  }
  if (state_ == State::lingering) return drop_input();
  if (feed_ != nullptr) {
    if (feed_->waits()) feed_->on_input();
    if (state_ == State::skipping) skip_body();
  }
  run();
}

void Connection::run_again() {
  if (!again_.linked()) worker_.loop().schedule(again_);
}

// Reads, answers and sends until nothing is left to do now.
void Connection::run() {
  int reads = 0;
  while (state_ == State::reading && !output_blocked()) {
    if (needs_input_) {
      if (!readable_) break;
      if (++reads > reads_per_turn) {
        run_again();
        break;
      }
      if (!receive()) break;
    }
    answer_buffered();
    if (!flush()) return;
  }
  settle();
}

// False if nothing came.
bool Connection::receive() {
  make_room();
  const std::size_t size =
      receive_into(input_.data.get() + input_end_, input_.capacity - input_end_);
  if (size == 0) return false;
  input_end_ += size;
  needs_input_ = false;
  return true;
}

std::size_t Connection::receive_into(char* data, std::size_t room) {
  const IoResult result = transport_->receive(data, room);
  switch (result.kind) {
    case IoResult::Kind::done:
      has_received_ = true;
      // A short read has emptied the socket; more will be announced by a new edge.
      readable_ = result.size == room || !transport_->short_read_means_empty();
      return result.size;
    case IoResult::Kind::would_block:
      readable_ = false;
      return 0;
    case IoResult::Kind::end:
      readable_ = false;
      peer_ended_ = true;
      return 0;
    case IoResult::Kind::broken:
      client_left();
      return 0;
  }
  return 0;
}

std::size_t Connection::receive_body(char* data, std::size_t room) {
  return readable_ && state_ != State::closed ? receive_into(data, room) : 0;
}

// Only called between `parse` calls, when no handler holds views into the buffer; the views of a
// request that is half read are moved along.
void Connection::make_room() {
  if (input_.data == nullptr) {
    input_ = worker_.lend_buffer();
    input_begin_ = input_end_ = 0;
  }
  if (input_end_ < input_.capacity) return;
  const std::size_t size = input_end_ - input_begin_;
  const char* from = input_.data.get() + input_begin_;
  if (size <= input_.capacity / 2) {
    std::memmove(input_.data.get(), from, size);
    if (exchange_) exchange_->request.rebase(from, size, input_.data.get());
  } else {
    InputBuffer larger{std::make_unique_for_overwrite<char[]>(input_.capacity * 2),
                       input_.capacity * 2};
    std::memcpy(larger.data.get(), from, size);
    if (exchange_) exchange_->request.rebase(from, size, larger.data.get());
    worker_.give_back(std::exchange(input_, std::move(larger)));
  }
  input_begin_ = 0;
  input_end_ = size;
}

void Connection::answer_buffered() {
  while (state_ == State::reading && !output_blocked() &&
         worker_.scratch().size() < worker_.options().output_buffer) {
    if (input_begin_ == input_end_) {
      input_begin_ = input_end_ = 0;
      needs_input_ = true;
      return;
    }
    if (!exchange_) exchange_ = worker_.lend_exchange();
    RequestParser& parser = exchange_->parser;
    std::size_t size = input_end_ - input_begin_;
    const ParseStatus status =
        parser.parse(input_.data.get() + input_begin_, size, exchange_->request);
    input_end_ = input_begin_ + size;
    if (status == ParseStatus::need_more) return on_partial(size);
    if (status == ParseStatus::failed) return refuse(parser.status(), parser.reason());
    if (status == ParseStatus::head) {
      plan_body();
    } else {
      dispatch();
    }
  }
}

void Connection::on_partial(std::size_t size) {
  needs_input_ = true;
  if (exchange_->parser.wants_continue(size)) {
    exchange_->parser.continue_sent();
    output() += continue_response;
  }
  const ServerOptions& options = worker_.options();
  if (!reading_head_) {
    reading_head_ = true;
    timeout_.arm(options.header_timeout);
  }
  if (!exchange_->parser.head_complete()) return;
  if (!reading_body_) {
    reading_body_ = true;
    body_begin_ = worker_.loop().now();
  }
  // A body may take the longer, the more of it has come.
  const std::chrono::milliseconds earned{size * 1000 /
                                         std::max<std::uint64_t>(options.minimum_rate, 1)};
  const auto elapsed = worker_.loop().now() - body_begin_;
  timeout_.arm(
      std::max<Duration>(options.body_timeout + earned - elapsed, std::chrono::milliseconds{1}));
}

// Only the head of the request has come, and the handler says how its body is to be read.
void Connection::plan_body() {
  Exchange& exchange = *exchange_;
  RequestParser& parser = exchange.parser;
  BodyPlan plan;
  plan.limit = worker_.options().body_limit;
  worker_.handler().plan_body(exchange.request, plan);
  if (parser.accept_body(plan.limit) == ParseStatus::failed) {
    return refuse(parser.status(), parser.reason());
  }
  if (!plan.streams) return;
  parser.leave_body();
  const std::size_t begin = input_begin_ + parser.consumed();
  const std::string_view begun{input_.data.get() + begin, input_end_ - begin};
  const bool continue_due = parser.wants_continue(input_end_ - input_begin_);
  feed_ = &exchange.request.emplace_extension<BodyFeed>(*this, parser.body_length(), plan.limit,
                                                        begun, continue_due);
  exchange.request.attach_extension<BodySource>(*feed_);
  input_end_ = begin;
  dispatch();
}

void Connection::send_continue() {
  output() += continue_response;
  flush();
}

void Connection::dispatch() {
  reading_head_ = reading_body_ = false;
  Exchange& exchange = *exchange_;
  exchange.request.assign_remote(remote_address_, remote_port_, transport_->secure());
  if (trusted) believe_proxy();
  Task<void> task;
  try {
    const async::SubjectScope subject{&exchange.request};
    task = worker_.handler().handle(exchange.request, exchange.response);
  } catch (...) {
    answer_exception(std::current_exception());
  }
  if (task) {
    start_task(std::move(task), State::handling);
  } else {
    finish_response();
  }
}

void Connection::believe_proxy() {
  Request& request = exchange_->request;
  const ForwardedClient client =
      forwarded_client(request, worker_.shared().trusted, worker_.options().forwarded_header);
  const bool secure = client.secure || transport_->secure();
  if (client.address.empty()) {
    request.assign_remote(remote_address_, remote_port_, secure);
  } else {
    request.assign_remote(client.address, 0, secure);
  }
}

void Connection::start_task(Task<void> task, State state) {
  if (!cancellation_) cancellation_.emplace(worker_.loop());
  Exchange& exchange = *exchange_;
  exchange.context = TaskContext{cancellation_->token()};
  exchange.task = std::move(task);
  state_ = state;
  timeout_.disarm();
  const auto coroutine = exchange.task.coroutine();
  coroutine.promise().set_context(&exchange.context);
  bool waits = false;
  {
    const async::SubjectScope subject{&exchange.request};
    waits = coroutine.promise().start_observed(coroutine, task_end_);
  }
  if (waits) {
    worker_.task_started();
    task_counted_ = true;
    arm_task_timeout();
  } else {
    task_ended();
  }
}

void Connection::arm_task_timeout() {
  if (output_blocked()) return;  // the client's time to take it runs
  if (state_ == State::skipping) return timeout_.arm(worker_.options().body_timeout);
  if (state_ != State::handling) return;
  if (feed_ != nullptr && feed_->waits()) return timeout_.arm(feed_->patience());
  const auto limit = worker_.options().handler_timeout;
  if (limit.count() > 0) {
    timeout_.arm(limit);
  } else {
    timeout_.disarm();
  }
}

// In the middle of `answer_buffered` if the task ended at once, else from the loop.
void Connection::task_ended() {
  const bool waited = std::exchange(task_counted_, false);
  if (waited) worker_.task_ended();
  const std::exception_ptr exception = exchange_->task.coroutine().promise().exception();
  exchange_->task = {};
  if (state_ == State::closed) return worker_.bury(*this);
  const State ended = std::exchange(state_, State::reading);
  if (ended == State::handling) {
    if (!output_blocked()) timeout_.disarm();
    if (exception) answer_exception(exception);
    // The cancellation that ended this handler would end the next one as well.
    if (handler_timed_out_) exchange_->response.close_connection();
    finish_response();
  } else if (exception) {
    worker_.handler().on_exception(exchange_->request, exception);
    return close();  // the body is incomplete, and the client must see that
  } else {
    complete_exchange(stream_keeps_alive_);
  }
  if (!waited || state_ == State::closed || !flush()) return;
  run();
}

void Connection::finish_response() {
  Exchange& exchange = *exchange_;
  WriteContext context;
  context.head_request = exchange.request.method() == Method::HEAD;
  context.minor_version = exchange.request.minor_version();
  const BodyMode mode = body_mode(exchange.response, context);
  context.keep_alive = exchange.parser.keep_alive() && !exchange.response.closes_connection() &&
                       !worker_.draining() && mode != BodyMode::until_close &&
                       (feed_ == nullptr || feed_->may_be_skipped());
  std::string& out = output();
  write_head(out, worker_.date(), exchange.response, mode, context);
  std::string_view body;
  if (mode == BodyMode::whole) body = exchange.response.body_view();
  // A large body goes out from where it is; small ones are gathered.
  const bool apart = body.size() >= sent_apart && !output_blocked();
  if (!apart) out += body;
  worker_.handler().on_response(exchange.request, exchange.response);
  if (apart && !send(body)) return;
  const bool streams =
      mode == BodyMode::chunked || mode == BodyMode::known_length || mode == BodyMode::until_close;
  if (!streams) return complete_exchange(context.keep_alive);
  stream_keeps_alive_ = context.keep_alive;
  start_task(pump(exchange.response.take_stream(), mode), State::streaming);
}

void Connection::complete_exchange(bool keep_alive) {
  if (feed_ != nullptr) return complete_body(keep_alive);
  input_begin_ += exchange_->parser.consumed();
  exchange_->reset();
  needs_input_ = input_begin_ == input_end_;
  if (!keep_alive) state_ = State::ending;
}

// The answer is complete, whatever its handler has read of the request's body.
void Connection::complete_body(bool keep_alive) {
  if (keep_alive && !feed_->complete() && !feed_->failed()) {
    state_ = State::skipping;
    arm_task_timeout();
    return run_again();  // the answer leaves before that
  }
  input_begin_ = input_end_ = 0;
  if (feed_->complete()) {
    take_input(feed_->rest());
  } else {
    must_linger_ = true;
    keep_alive = false;
  }
  feed_ = nullptr;
  exchange_->reset();
  needs_input_ = input_end_ == 0;
  state_ = keep_alive ? State::reading : State::ending;
}

// What came behind a body that was read elsewhere.
void Connection::take_input(std::string_view input) {
  if (input.empty()) return;
  if (input.size() > input_.capacity) {
    InputBuffer larger{std::make_unique_for_overwrite<char[]>(input.size()), input.size()};
    worker_.give_back(std::exchange(input_, std::move(larger)));
  }
  std::memcpy(input_.data.get(), input.data(), input.size());
  input_end_ = input.size();
}

void Connection::skip_body() {
  for (int reads = 0; feed_->skip(); ++reads) {
    if (reads == reads_per_turn) return run_again();
  }
  if (state_ == State::skipping && (feed_->complete() || feed_->failed())) complete_body(true);
}

// The request could not be read, so nothing after it can be trusted.
void Connection::refuse(unsigned status, std::string_view reason) {
  Exchange& exchange = *exchange_;
  exchange.response.reset();
  try {
    worker_.handler().refuse(status, reason, exchange.response);
  } catch (...) {
    answer_exception(std::current_exception());
  }
  WriteContext context;
  context.keep_alive = false;
  write_response(output(), worker_.date(), exchange.response, BodyMode::whole, context);
  worker_.handler().on_response(exchange.request, exchange.response);
  state_ = State::ending;
  must_linger_ = true;
}

void Connection::answer_exception(const std::exception_ptr& exception) {
  Response& response = exchange_->response;
  response.reset();
  response.content_type(json_type);
  try {
    std::rethrow_exception(exception);
  } catch (const HttpException& http) {
    if (http.status() >= 100 && http.status() <= 999) {
      response.status(static_cast<unsigned>(http.status())).body(http.body());
      return;
    }
  } catch (const CancelledError&) {  // it took too long, or the server stops
    response.status(503).static_body(gave_up);
    return;
  } catch (...) {
  }
  response.status(500).static_body(internal_error);
  worker_.handler().on_exception(exchange_->request, exception);
}

// Sends a stream, piece by piece, never more ahead of the client than the output buffer holds.
Task<void> Connection::pump(std::unique_ptr<Stream> stream, BodyMode mode) {
  std::string piece;
  std::uint64_t left = exchange_->response.stream_length().value_or(0);
  bool more = true;
  while (more && state_ != State::closed) {
    piece.clear();
    const bool has_more = co_await stream->next(piece);
    more = has_more;
    if (state_ == State::closed) co_return;
    if (mode == BodyMode::chunked) {
      write_chunk(output(), piece);
      if (!more) output() += last_chunk;
    } else {
      if (mode == BodyMode::known_length) {
        if (piece.size() > left) throw Error("Stream: more bytes than the length stated for it.");
        left -= piece.size();
      }
      output() += piece;
    }
    flush();
    if (pending_.size() - pending_sent_ > worker_.options().output_buffer) {
      DrainAwaiter drained{*this};
      co_await drained;
    }
  }
  if (left > 0) throw Error("Stream: fewer bytes than the length stated for it.");
}

std::string& Connection::output() { return output_blocked() ? pending_ : worker_.scratch(); }

// Sends what there is, and `body` behind it; false if the connection is lost.
bool Connection::send(std::string_view body) {
  if (state_ == State::closed) return false;
  std::string& scratch = worker_.scratch();
  if (output_blocked() || (scratch.empty() && body.empty())) return true;
  std::string_view head = scratch;
  while (!head.empty() || !body.empty()) {
    const IoResult result = body.empty()   ? transport_->send(head)
                            : head.empty() ? transport_->send(body)
                                           : transport_->send(head, body);
    if (result.kind == IoResult::Kind::would_block) break;
    if (result.kind != IoResult::Kind::done) {
      scratch.clear();
      client_left();
      return false;
    }
    const std::size_t of_head = std::min(result.size, head.size());
    head.remove_prefix(of_head);
    body.remove_prefix(result.size - of_head);
  }
  if (!head.empty() || !body.empty()) {
    pending_.reserve(head.size() + body.size());
    pending_.append(head).append(body);
    pending_sent_ = 0;
    timeout_.arm(worker_.options().write_timeout);
  }
  scratch.clear();
  return true;
}

void Connection::resume_output() {
  while (pending_sent_ < pending_.size()) {
    const IoResult result = transport_->send(std::string_view{pending_}.substr(pending_sent_));
    if (result.kind == IoResult::Kind::would_block) {
      timeout_.arm(worker_.options().write_timeout);
      return;
    }
    if (result.kind != IoResult::Kind::done) return client_left();
    pending_sent_ += result.size;
  }
  pending_ = {};
  pending_sent_ = 0;
  timeout_.disarm();
  arm_task_timeout();
  if (std::exchange(drain_awaited_, false)) worker_.loop().schedule(drain_waiter_);
}

// Nothing more can be done now: closes what is at its end, and lends nothing to who is idle.
void Connection::settle() {
  if (state_ == State::closed || output_blocked()) return;
  if (state_ == State::ending) return linger();
  if (state_ != State::reading || !needs_input_ || readable_) return;
  if (peer_ended_) return close();
  if (input_begin_ != input_end_) {
    if (!timeout_.armed()) timeout_.arm(worker_.options().header_timeout);
    return;
  }
  if (worker_.draining()) return close();
  release_buffers();
  // Until something has come, the timeout from the connection's start goes on: in a TLS handshake
  // there are events without a request.
  if (has_received_) timeout_.arm(worker_.options().idle_timeout);
}

// Closing a socket whose input has not been read resets the connection, and the reset can overtake
// the last response. So the client is told first that this was all.
void Connection::linger() {
  const bool input_left = must_linger_ || readable_ || input_begin_ != input_end_;
  if (!input_left || peer_ended_) return close();
  transport_->end_sending();
  state_ = State::lingering;
  timeout_.arm(linger_time);
  drop_input();
}

void Connection::drop_input() {
  if (exchange_) exchange_->reset();
  release_buffers();
  if (peer_ended_) return close();
  make_room();
  for (int reads = 0; readable_; ++reads) {
    if (reads == reads_per_turn) {
      run_again();
      break;
    }
    const IoResult result = transport_->receive(input_.data.get(), input_.capacity);
    if (result.kind == IoResult::Kind::would_block) {
      readable_ = false;
    } else if (result.kind != IoResult::Kind::done) {
      return close();
    }
  }
  release_buffers();
}

void Connection::on_timeout() {
  if (state_ == State::handling && !output_blocked()) {
    if (feed_ != nullptr && feed_->waits()) return feed_->fail(BodyFeed::Failure::late);
    handler_timed_out_ = true;
    if (cancellation_) cancellation_->request_cancellation();
    return;
  }
  const bool waits_for_request = state_ == State::reading && !output_blocked();
  if (waits_for_request && exchange_ && input_begin_ != input_end_) {
    refuse(408, exchange_->parser.head_complete() ? "The body did not come in time"
                                                  : "The request did not come in time");
    if (flush()) settle();
    return;
  }
  client_left();
}

void Connection::drain() {
  if (state_ != State::reading || output_blocked()) return;
  // Something may have come that has not been looked at; it is answered.
  readable_ = true;
  run();
}

void Connection::cut() {
  if (state_ != State::closed) client_left();
}

void Connection::client_left() {
  if (feed_ != nullptr) feed_->fail(BodyFeed::Failure::left);
  if (cancellation_) cancellation_->request_cancellation();
  close();
}

// The object stays until its task has ended, which may be in the middle of something.
void Connection::close() {
  if (state_ == State::closed) return;
  state_ = State::closed;
  worker_.poller().remove(transport_->descriptor(), *this);
  transport_->close();
  timeout_.disarm();
  worker_.scratch().clear();
  pending_ = {};
  pending_sent_ = 0;
  if (std::exchange(drain_awaited_, false)) worker_.loop().schedule(drain_waiter_);
  const bool task_runs = exchange_ && exchange_->task;
  if (!task_runs) worker_.bury(*this);
}

void Connection::release_buffers() {
  if (exchange_) worker_.give_back(std::move(exchange_));
  if (input_.data != nullptr) worker_.give_back(std::exchange(input_, {}));
  input_begin_ = input_end_ = 0;
}

}  // namespace roost::http::detail
