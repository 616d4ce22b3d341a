// A proxy for tests that forwards a TCP connection up to a certain byte, and then cuts or stalls
// it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace roost::db::postgres {

/// Listens on a free port of 127.0.0.1 and forwards to another one, with threads of its own. One of
/// the connections through it, counted from 0, breaks; all others pass. Its functions may be called
/// by any thread.
class BreakingProxy {
 public:
  enum class Direction : std::uint8_t { to_server, to_client };
  enum class Break : std::uint8_t {
    never,
    cut,    // both sides see the end
    reset,  // both sides see an error
    stall,  // nothing arrives any more, in both directions
  };

  /// Breaks connection number `connection` after `bytes` have passed in `direction`.
  BreakingProxy(int server_port, Break kind, int connection = 0,
                Direction direction = Direction::to_server, std::uint64_t bytes = 0);
  BreakingProxy(const BreakingProxy&) = delete;
  BreakingProxy& operator=(const BreakingProxy&) = delete;
  ~BreakingProxy();

  [[nodiscard]] int port() const;
  /// Bytes that went through a connection so far.
  [[nodiscard]] std::uint64_t passed(int connection, Direction direction) const;
  /// How often the client spoke after the server had: round trips, over all connections.
  [[nodiscard]] std::uint64_t turns() const;
  /// Did it come to the break?
  [[nodiscard]] bool broken() const;
  /// Cuts every connection there is now.
  void cut_all();

  struct State;

 private:
  std::unique_ptr<State> state_;
};

}  // namespace roost::db::postgres
