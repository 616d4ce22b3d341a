// A document with a whole graph: users, venues, events, and how they hang together.
#pragma once

#include "events/dto/event_body.hpp"
#include "users/dto/user_body.hpp"
#include "venues/dto/venue_body.hpp"
#include <roost/roost.hpp>

#include <optional>
#include <string>
#include <vector>

/// By this name the events of the document refer to a venue of it.
struct VenueReference {
  std::optional<std::string> ref;

  static constexpr auto meta =
      roost::meta(roost::field<&VenueReference::ref>(roost::not_null, roost::length(1, 40)));
};

using ImportVenue = roost::Intersection<CreateVenue, VenueReference>;

struct ImportRegistration {
  std::optional<CreateUser> user;    // a new one …
  std::optional<std::string> email;  // … or one of the document, or of the database
  int seats = 1;

  static constexpr auto meta =
      roost::meta(roost::field<&ImportRegistration::user>(roost::not_null, roost::is_object),
                  roost::field<&ImportRegistration::email>(roost::not_null, roost::is_email),
                  roost::field<&ImportRegistration::seats>(roost::min(1), roost::max(10)));
};

struct ImportLinks {
  std::optional<CreateVenue> venue;      // a new one …
  std::optional<std::string> venue_ref;  // … or one of the document
  std::vector<std::string> tags;
  std::vector<ImportRegistration> registrations;

  static constexpr auto meta = roost::meta(
      roost::field<&ImportLinks::venue>(roost::not_null, roost::is_object),
      roost::field<&ImportLinks::venue_ref>(roost::json_name("venueRef"), roost::not_null,
                                            roost::length(1, 40)),
      roost::field<&ImportLinks::tags>(roost::optional, roost::array_max_size(20),
                                       roost::each(roost::length(1, 40))),
      roost::field<&ImportLinks::registrations>(roost::optional, roost::array_max_size(500)));
};

using ImportEvent = roost::Intersection<EventBody, ImportLinks>;

struct ImportDocument {
  std::vector<CreateUser> users;
  std::vector<ImportVenue> venues;
  std::vector<ImportEvent> events;

  static constexpr auto meta = roost::meta(
      roost::field<&ImportDocument::users>(roost::optional, roost::array_max_size(100)),
      roost::field<&ImportDocument::venues>(roost::optional, roost::array_max_size(100)),
      roost::field<&ImportDocument::events>(roost::optional, roost::array_max_size(100)));
};
