#include <roost/http/request.hpp>
#include <roost/web/execution_context.hpp>
#include <roost/web/route_descriptor.hpp>

namespace roost {

ExecutionContext::~ExecutionContext() {
  // The memory is the arena's; only the values need an end. Last made, first destroyed.
  for (SlotHeader* slot = slots_; slot != nullptr;) {
    SlotHeader* next = slot->next;
    slot->destroy(slot);
    slot = next;
  }
}

void* ExecutionContext::allocate(std::size_t size, std::size_t alignment) const {
  return request_->arena().allocate(size, alignment);
}

const void* ExecutionContext::find_metadata(TypeId type, std::size_t position) const {
  for (const web::RouteAnnotation& annotation : route_->annotations) {
    if (annotation.type == type && position-- == 0) return annotation.value;
  }
  return nullptr;
}

void* ExecutionContext::find_slot(TypeId type) const {
  for (SlotHeader* slot = slots_; slot != nullptr; slot = slot->next) {
    if (slot->type == type) return slot->value;
  }
  return nullptr;
}

void ExecutionContext::insert(SlotHeader& slot) {
  slot.next = slots_;  // found first, so that it hides an earlier value of its type
  slots_ = &slot;
}

}  // namespace roost
