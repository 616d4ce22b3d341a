// What update_where and delete_where are told beside their condition.
#pragma once

#include <roost/orm/find_options.hpp>
#include <roost/sql/assignment.hpp>

#include <utility>
#include <vector>

namespace roost::orm::detail {

class BulkOptions {
 public:
  void add(const db::detail::Assignment& assignment) { assignments.push_back(assignment); }
  void add(WithoutFilter filter) { filters.add(filter); }
  void add(WithFilter filter) { filters.add(filter); }

  std::vector<db::detail::Assignment> assignments;
  FilterChoice filters;
};

}  // namespace roost::orm::detail
