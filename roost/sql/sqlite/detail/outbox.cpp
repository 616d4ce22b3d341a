// Hands units over at the end of a turn.
#include <roost/sql/sqlite/detail/outbox.hpp>

namespace roost::db::sqlite::detail {

Outbox::Outbox(EventLoop& loop, Writer& writer)
    : writer_{writer}, end_of_turn_{loop, [this] { hand_over(); }} {}

Outbox::~Outbox() { refuse_all(); }

void Outbox::add(WriterCall& call) {
  writer_.announce();
  calls_.push_back(call);
  end_of_turn_.arm();
}

void Outbox::hand_over() {
  if (!calls_.empty() && !writer_.submit(calls_)) refuse_all();
}

void Outbox::refuse_all() {
  while (async::LoopNode* node = calls_.pop_front()) {
    writer_.refuse(static_cast<WriterCall&>(*node));
  }
}

}  // namespace roost::db::sqlite::detail
