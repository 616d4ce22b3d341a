#include "orders.hpp"

#include <vector>

using roost::Task;
using roost::orm::EntityManager;

namespace {

struct CreateOrderLine {
  std::string sku;
  int qty;
  int price_cents;

  static constexpr auto meta = roost::meta(
      roost::field<&CreateOrderLine::sku>(roost::length(1, 40)),
      roost::field<&CreateOrderLine::qty>(roost::min(1), roost::max(1000)),
      roost::field<&CreateOrderLine::price_cents>(roost::json_name("priceCents"), roost::min(0)));
};

struct CreateOrder {
  std::string customer;
  std::vector<CreateOrderLine> lines;

  static constexpr auto meta = roost::meta(
      roost::field<&CreateOrder::customer>(roost::length(1, 100)),
      roost::field<&CreateOrder::lines>(roost::array_min_size(1), roost::array_max_size(100)));
};

class OrdersService {
 public:
  using scope = roost::request_scoped;

  explicit OrdersService(EntityManager& em) : em_{em} {}

  Task<Order&> create(const CreateOrder& dto) {
    Order& order = em_.create<Order>({.customer = dto.customer});
    for (const CreateOrderLine& line : dto.lines) {
      order.total_cents += line.qty * line.price_cents;
      order.lines.add(OrderLine{.sku = line.sku, .qty = line.qty, .price_cents = line.price_cents});
    }
    co_await em_.flush();
    co_return order;
  }

 private:
  EntityManager& em_;
};

class OrdersController {
 public:
  explicit OrdersController(OrdersService& orders) : orders_{orders} {}

  Task<Order&> create(roost::Body<CreateOrder> dto) { co_return co_await orders_.create(*dto); }

  static constexpr auto routes =
      roost::controller("orders", roost::post<&OrdersController::create>());

 private:
  OrdersService& orders_;
};

}  // namespace

roost::ModuleDef OrdersModule::define() {
  return roost::module<OrdersModule>(roost::controllers<OrdersController>(),
                                     roost::providers<OrdersService>());
}
