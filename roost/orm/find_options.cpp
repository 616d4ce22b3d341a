// Putting options together.
#include <roost/orm/find_options.hpp>

namespace roost::orm {

void FindOptions::add(const FindOptions& other) {
  add(other.where);
  order_by.insert(order_by.end(), other.order_by.begin(), other.order_by.end());
  populate.insert(populate.end(), other.populate.begin(), other.populate.end());
  without.insert(without.end(), other.without.begin(), other.without.end());
  fields.insert(fields.end(), other.fields.begin(), other.fields.end());
  key.insert(key.end(), other.key.begin(), other.key.end());
  if (other.limit != no_limit) limit = other.limit;
  if (other.offset != 0) offset = other.offset;
  if (other.lock != LockMode::none) lock = other.lock;
  refresh = refresh || other.refresh;
  with_deleted = with_deleted || other.with_deleted;
}

}  // namespace roost::orm
