// Request scopes of one container on several threads at once; runs under ThreadSanitizer too.
#include <roost/async/event_loop.hpp>
#include <roost/di/container.hpp>
#include <roost/di/module.hpp>
#include <roost/di/request_scope.hpp>

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <memory_resource>
#include <thread>

namespace roost {
namespace {
struct Incoming {
  int number = 0;
};
}  // namespace
template <>
inline constexpr bool is_supplied_per_request<Incoming> = true;

namespace {

class Shared {
 public:
  std::atomic<int> alive = 0;
};
class Store {
 public:
  using scope = request_scoped;
  Store(Shared& shared, Incoming& incoming) : number{incoming.number}, shared_{shared} {
    ++shared_.alive;
  }
  ~Store() { --shared_.alive; }
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  const int number;

 private:
  Shared& shared_;
};
class Service {
 public:
  using scope = request_scoped;
  Service(Store& injected, Lazy<Store> later) : store{injected}, lazy{later} {}
  Store& store;
  Lazy<Store> lazy;
};
class ServiceController {
 public:
  ServiceController(Service& injected, Store& second) : service{injected}, store{second} {}
  Service& service;
  Store& store;
};
struct StressModule {
  static ModuleDef define() {
    return module<StressModule>(providers<Shared, Store, Service>(),
                                di::ControllerList<ServiceController>{{nullptr}});
  }
};

TEST(RequestScopeStress, ThreadsDoNotDisturbEachOther) {
  EventLoop loop;
  di::BuildOptions options;
  options.supplies<Incoming>();
  const auto container = loop.block_on(di::Container::build(StressModule::define(), options));
  const di::Controller& controller = container->controllers()[0];
  std::array<int, 4> wrong{};
  std::array<std::thread, 4> threads;
  for (std::size_t t = 0; t < threads.size(); ++t) {
    threads[t] = std::thread{[&, t] {
      for (int i = 0; i < 2000; ++i) {
        std::pmr::monotonic_buffer_resource memory;
        di::RequestScope scope{*container, memory};
        Incoming incoming{static_cast<int>(t) * 10000 + i};
        scope.supply(incoming);
        const auto& made = *static_cast<ServiceController*>(controller.instance(scope));
        const bool right = &made.store == &made.service.store &&
                           made.store.number == incoming.number &&
                           &*made.service.lazy == &made.store;
        if (!right) ++wrong[t];
      }
    }};
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, (std::array<int, 4>{}));
  EXPECT_EQ(container->get<Shared>().alive, 0);
}

}  // namespace
}  // namespace roost
