// What subscribers see of a flush.
#include <roost/orm/detail/session.hpp>
#include <roost/orm/subscriber.hpp>

namespace roost::orm {

void Subscriber::before_flush(FlushEvent&) {}
void Subscriber::on_flush(const FlushEvent&) {}
void Subscriber::after_flush(const FlushEvent&) {}
void Subscriber::before_change(EntityChange&) {}
void Subscriber::after_change(const EntityChange&) {}

std::string_view EntityChange::class_name() const { return record_->metadata->name; }

std::vector<std::string_view> EntityChange::columns() const {
  std::vector<std::string_view> names;
  for (const ColumnMetadata& column : record_->metadata->columns) {
    if (((columns_ >> column.index) & 1U) != 0) names.push_back(column.name);
  }
  return names;
}

void* EntityChange::entity_as(const reflect::TypeDescriptor& type) const {
  const EntityMetadata* wanted = record_->session->metadata().find(type);
  const bool fits = wanted != nullptr && record_->metadata->is_kind_of(*wanted);
  return fits ? record_->entity() : nullptr;
}

void* FlushEvent::create_entity(const reflect::TypeDescriptor& type, void* source) const {
  return session_.create(session_.metadata().of(type), source, true).entity();
}

void FlushEvent::remove_entity(const void* entity) const {
  session_.remove(session_.record_of(entity));
}

}  // namespace roost::orm
