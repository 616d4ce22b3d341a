// Random bytes from the kernel, for identifiers and secrets.
#pragma once

#include <cstddef>

namespace roost {

/// Fills `size` bytes that nobody can foresee. Waits for the kernel's generator right after boot.
/// Throws Error when the kernel has none. Thread-safe.
void fill_random(void* out, std::size_t size);

}  // namespace roost
