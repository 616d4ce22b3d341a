// An order with its lines, written in one transaction.
#pragma once

#include <roost/orm/orm.hpp>
#include <roost/roost.hpp>

#include <string>

struct Order;

struct OrderLine {
  int id = 0;
  roost::Ref<Order> order{};
  std::string sku{};
  int qty = 0;
  int price_cents = 0;

  static constexpr auto meta = roost::orm::entity(
      "order_line", roost::primary_key<&OrderLine::id>(),
      roost::many_to_one<&OrderLine::order>(roost::on_delete(roost::orm::cascade)),
      roost::field<&OrderLine::price_cents>(roost::json_name("priceCents")));
};

struct Order {
  int id = 0;
  std::string customer{};
  int total_cents = 0;
  roost::Timestamp created_at{};
  roost::Collection<OrderLine> lines{};

  static constexpr auto meta =
      roost::orm::entity("orders", roost::primary_key<&Order::id>(),
                         roost::field<&Order::total_cents>(roost::json_name("totalCents")),
                         roost::field<&Order::created_at>(roost::json_name("createdAt")),
                         roost::creation_time<&Order::created_at>(),
                         roost::one_to_many<&Order::lines>(roost::mapped_by<&OrderLine::order>));
};

struct OrdersModule {
  static roost::ModuleDef define();
};
