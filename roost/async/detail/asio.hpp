// PRIVATE: the Boost.Asio context under an event loop, for components that talk to sockets.
//
// Its I/O objects belong to the loop's thread: the context is made without locks for I/O. Handlers
// may resume coroutines directly; exceptions that leave a handler go to the loop's error handler.
#pragma once

#include <roost/async/event_loop.hpp>

#include <boost/asio/io_context.hpp>

namespace roost::async {

[[nodiscard]] boost::asio::io_context& native(EventLoop& loop) noexcept;

}  // namespace roost::async
