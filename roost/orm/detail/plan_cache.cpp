// A table of plans that only grows.
#include <roost/orm/detail/plan_cache.hpp>

#include <functional>

namespace roost::orm::detail {

PlanCache::~PlanCache() {
  for (const auto& slot : slots_) std::default_delete<const SelectPlan>{}(slot.load());
}

std::size_t PlanCache::slot_of(std::string_view key) {
  return std::hash<std::string_view>{}(key) % slot_count;
}

const SelectPlan* PlanCache::find(std::string_view key) const {
  std::size_t slot = slot_of(key);
  for (std::size_t probe = 0; probe < most_probes; ++probe) {
    const SelectPlan* plan = slots_[slot].load(std::memory_order_acquire);
    if (plan == nullptr) return nullptr;
    if (plan->key == key) return plan;
    slot = (slot + 1) % slot_count;
  }
  return nullptr;
}

const SelectPlan* PlanCache::keep(std::unique_ptr<SelectPlan> plan,
                                  std::unique_ptr<SelectPlan>& spare) {
  std::size_t slot = slot_of(plan->key);
  for (std::size_t probe = 0; probe < most_probes; ++probe) {
    const SelectPlan* there = nullptr;
    if (slots_[slot].compare_exchange_strong(there, plan.get(), std::memory_order_acq_rel)) {
      return plan.release();
    }
    if (there->key == plan->key) return there;  // somebody was faster
    slot = (slot + 1) % slot_count;
  }
  spare = std::move(plan);
  return spare.get();
}

}  // namespace roost::orm::detail
