#include "events/event_columns.hpp"

void replace_columns(Event& event, const EventBody& body) {
  event.title = body.title;
  event.description = body.description;
  event.starts_at = body.starts_at;
  event.capacity = body.capacity;
  event.status = body.status;
  event.details = body.details;
}

void change_columns(Event& event, const UpdateEvent& patch) {
  if (patch.has<&EventBody::title>()) event.title = patch.title;
  if (patch.has<&EventBody::description>()) event.description = patch.description;
  if (patch.has<&EventBody::starts_at>()) event.starts_at = patch.starts_at;
  if (patch.has<&EventBody::capacity>()) event.capacity = patch.capacity;
  if (patch.has<&EventBody::status>()) event.status = patch.status;
  if (patch.has<&EventBody::details>()) roost::assign(*event.details, patch.details);
}
