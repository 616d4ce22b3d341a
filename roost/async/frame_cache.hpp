// Recycled memory for coroutine frames: a free list per thread and size class.
//
// A nested await costs one frame; taking it from a list of the thread instead of the heap is what
// brings an await from 16 to 9 ns. A frame may be freed on another thread than the one that made
// it: it then simply joins that thread's list. Each list is bounded, and freed when its thread
// ends. Other memory that a request needs in such sizes comes from here as well: a block of some
// kilobytes from the heap makes malloc merge all the small ones that it has free, each time.
// Under AddressSanitizer nothing is recycled, so that use after free is still found.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>

#if defined(__SANITIZE_ADDRESS__)
#define ROOST_RECYCLE_FRAMES 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ROOST_RECYCLE_FRAMES 0
#else
#define ROOST_RECYCLE_FRAMES 1
#endif
#else
#define ROOST_RECYCLE_FRAMES 1
#endif

namespace roost::async {

/// Frame sizes are rounded up to a multiple of this many bytes.
inline constexpr std::size_t frame_granularity = 64;
/// Frames of this many granules and more come from the heap.
inline constexpr std::size_t frame_classes = 129;
/// Bytes that one thread keeps at most for one size class.
inline constexpr std::size_t frame_class_budget = 256 * 1024;

struct FreeFrame {
  FreeFrame* next;
};

/// The free lists of one thread. `room` counts how many more frames a list takes; it is zero
/// before the thread's first allocation and after its lists were freed at its end.
struct FrameLists {
  FreeFrame* heads[frame_classes];
  std::uint32_t room[frame_classes];
};

extern constinit thread_local FrameLists frame_lists;

/// Where a list was empty: memory of the class's full size from the heap.
[[nodiscard]] void* allocate_frame_slow(std::size_t size);

[[nodiscard]] inline void* allocate_frame(std::size_t size) {
#if ROOST_RECYCLE_FRAMES
  const std::size_t index = (size + frame_granularity - 1) / frame_granularity;
  if (index < frame_classes) {
    FrameLists& lists = frame_lists;
    if (FreeFrame* frame = lists.heads[index]; frame != nullptr) {
      lists.heads[index] = frame->next;
      ++lists.room[index];
      return frame;
    }
  }
  return allocate_frame_slow(size);
#else
  return ::operator new(size);
#endif
}

inline void free_frame(void* memory, [[maybe_unused]] std::size_t size) noexcept {
#if ROOST_RECYCLE_FRAMES
  const std::size_t index = (size + frame_granularity - 1) / frame_granularity;
  if (index < frame_classes) {
    FrameLists& lists = frame_lists;
    if (lists.room[index] != 0) {
      --lists.room[index];
      lists.heads[index] = ::new (memory) FreeFrame{lists.heads[index]};
      return;
    }
  }
#endif
  ::operator delete(memory);
}

/// A deleter of what allocate_frame gave.
struct FrameDeleter {
  std::size_t size = 0;
  void operator()(void* memory) const noexcept { free_frame(memory, size); }
};

}  // namespace roost::async
