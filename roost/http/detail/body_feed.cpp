// Reading a body as its handler asks for it.
#include <roost/http/detail/body_feed.hpp>
#include <roost/http/detail/connection.hpp>

#include <algorithm>
#include <cstring>

namespace roost::http::detail {

namespace {

constexpr std::size_t buffer_size = std::size_t{64} * 1024;
// What is read and dropped of a body that its handler did not want, so that the connection lives.
constexpr std::uint64_t most_skipped = std::uint64_t{64} * 1024;
// How often one body may be read before other connections have their turn.
constexpr int reads_per_turn = 8;

/// Holds for as long as a read is under way, however it ends.
class Reading {
 public:
  explicit Reading(bool& under_way) : under_way_{under_way} {
    if (under_way_) {
      throw Error("BodyStream::read: the read before has not ended; await one after the other.");
    }
    under_way_ = true;
  }
  ~Reading() { under_way_ = false; }
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;

 private:
  bool& under_way_;
};

}  // namespace

BodyFeed::BodyFeed(Connection& connection, std::optional<std::uint64_t> length, std::uint64_t limit,
                   std::string_view begun, bool continue_due)
    : connection_{connection},
      length_{length},
      limit_{limit},
      buffer_{std::make_unique_for_overwrite<char[]>(std::max(buffer_size, begun.size()))},
      capacity_{std::max(buffer_size, begun.size())},
      input_end_{begun.size()},
      continue_due_{continue_due} {
  if (begun.empty()) return;
  std::memcpy(buffer_.get(), begun.data(), begun.size());
  decode();
}

Task<std::optional<std::string_view>> BodyFeed::read() {
  const Reading reading{reading_};
  while (!receive()) {
    Arrival arrival{*this};
    co_await arrival;
  }
  std::optional<std::string_view> piece;
  if (begin_ != data_end_) {
    piece = std::string_view{buffer_.get() + begin_, data_end_ - begin_};
    begin_ = data_end_;
  } else if (failed()) {
    throw_failure();
  }
  co_return piece;
}

// Takes apart what is new in the buffer.
void BodyFeed::decode() {
  if (length_) {
    const std::uint64_t left = *length_ - received_;
    const auto taken =
        static_cast<std::size_t>(std::min<std::uint64_t>(left, input_end_ - data_end_));
    received_ += taken;
    data_end_ += taken;
    body_end_ = data_end_;
    complete_ = received_ == *length_;
    return;
  }
  unsigned refused = 0;
  const ParseStatus status = chunks_.decode(buffer_.get(), input_end_, limit_, refused);
  received_ += chunks_.body_end() - data_end_;
  data_end_ = chunks_.body_end();
  if (status == ParseStatus::need_more) {
    input_end_ = chunks_.compact(buffer_.get(), input_end_);
  } else if (status == ParseStatus::complete) {
    body_end_ = chunks_.read_end();
    complete_ = true;
  } else {
    failure_ = refused == 413   ? Failure::too_large
               : refused == 431 ? Failure::trailers
                                : Failure::malformed;
  }
}

// Whether there is something to tell the handler, at the end of what the client has sent.
bool BodyFeed::receive() {
  while (!has_news()) {
    if (reads_ == reads_per_turn) {
      connection_.run_again();
      return false;
    }
    ++reads_;
    begin_ = data_end_ = input_end_ = 0;
    chunks_.restart_at(0);
    const std::size_t size = connection_.receive_body(buffer_.get(), capacity_);
    if (size == 0) {
      if (connection_.peer_ended()) fail(Failure::left);
      return has_news();
    }
    continue_due_ = false;
    input_end_ = size;
    decode();
  }
  return true;
}

bool BodyFeed::may_be_skipped() const {
  if (complete_) return true;
  if (failed() || continue_due_) return false;
  return !length_ || *length_ - received_ <= most_skipped;
}

bool BodyFeed::skip() {
  reads_ = 0;
  begin_ = data_end_;
  if (!receive() || complete_ || failed()) return false;
  skipped_ += data_end_;
  if (skipped_ > most_skipped) fail(Failure::too_large);
  return !failed();
}

std::chrono::steady_clock::duration BodyFeed::patience() const {
  const ServerOptions& options = connection_.options();
  // A body may take the longer, the more of it has come; the time of its handler does not count.
  const std::chrono::milliseconds earned{received_ * 1000 /
                                         std::max<std::uint64_t>(options.minimum_rate, 1)};
  const Duration left = options.body_timeout + earned - waited_;
  return std::max<Duration>(std::min<Duration>(left, options.body_timeout),
                            std::chrono::milliseconds{1});
}

void BodyFeed::begin_waiting(Arrival& waiter) {
  waiter_ = &waiter;
  wait_begin_ = connection_.now();
  reads_ = 0;
  connection_.arm_task_timeout();
  if (!continue_due_) return;
  continue_due_ = false;
  connection_.send_continue();
}

void BodyFeed::end_waiting() {
  waiter_ = nullptr;
  waited_ += connection_.now() - wait_begin_;
  connection_.arm_task_timeout();
}

void BodyFeed::wake() {
  if (waiter_ == nullptr) return;
  Arrival& waiter = *waiter_;
  end_waiting();
  waiter.complete();
}

void BodyFeed::on_input() {
  reads_ = 0;
  if (receive()) wake();
}

void BodyFeed::fail(Failure failure) {
  if (complete_ || failed()) return;
  failure_ = failure;
  wake();
}

void BodyFeed::throw_failure() const {
  switch (failure_) {
    case Failure::late:
      throw RequestTimeoutException("The body did not come in time");
    case Failure::malformed:
      throw BadRequestException("The chunked body is malformed");
    case Failure::trailers:
      throw HttpException("The trailer fields are too large", 431);
    case Failure::too_large:
      throw PayloadTooLargeException("request entity too large");
    case Failure::left:
    case Failure::none:
      break;
  }
  throw IncompleteBodyException("The client left before the whole body had come");
}

}  // namespace roost::http::detail
