// The rules look into headers too, wherever they are included from.
#pragma once

#include "task.hpp"

namespace samples {

template <class T>
Task<int> awaits_in_condition(T awaitable) {
  if (co_await awaitable) co_return 1;  // flagged: await-in-condition
  co_return 0;
}

}  // namespace samples
