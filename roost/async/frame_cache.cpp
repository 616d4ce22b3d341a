// The slow side of the frame cache: filling a list, and freeing all lists when a thread ends.
#include <roost/async/frame_cache.hpp>

namespace roost::async {

constinit thread_local FrameLists frame_lists{};

namespace {

/// Opens the lists of a thread on its first frame and frees them at its end. Frames that other
/// thread-local destructors free later find no room and go back to the heap.
class ListsOwner {
 public:
  ListsOwner() noexcept {
    for (std::size_t i = 1; i < frame_classes; ++i) {
      frame_lists.room[i] =
          static_cast<std::uint32_t>(frame_class_budget / (i * frame_granularity));
    }
  }
  ListsOwner(const ListsOwner&) = delete;
  ListsOwner& operator=(const ListsOwner&) = delete;
  ~ListsOwner() {
    for (std::size_t i = 0; i < frame_classes; ++i) {
      frame_lists.room[i] = 0;
      FreeFrame* frame = frame_lists.heads[i];
      frame_lists.heads[i] = nullptr;
      while (frame != nullptr) {
        FreeFrame* next = frame->next;
        ::operator delete(frame);
        frame = next;
      }
    }
  }
  void touch() const noexcept {}
};

}  // namespace

void* allocate_frame_slow(std::size_t size) {
  thread_local const ListsOwner owner;
  owner.touch();
  const std::size_t index = (size + frame_granularity - 1) / frame_granularity;
  return ::operator new(index < frame_classes ? index * frame_granularity : size);
}

}  // namespace roost::async
