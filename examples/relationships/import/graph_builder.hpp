// Makes the entities of an import document, and checks how they hang together.
#pragma once

#include "events/event.hpp"
#include "import/dto/import_body.hpp"
#include "import/import_result.hpp"
#include "tags/tag.hpp"
#include "users/user.hpp"
#include "venues/venue.hpp"
#include <roost/orm/entity_manager.hpp>

#include <string>
#include <utility>
#include <vector>

class GraphBuilder {
 public:
  /// `known_users`: those of the database to whom the document may refer. `tags`: all that the
  /// document names.
  GraphBuilder(roost::orm::EntityManager& em, std::vector<User*> known_users,
               std::vector<Tag*> tags)
      : em_{em}, known_users_{std::move(known_users)}, tags_{std::move(tags)} {}

  /// Throws BadRequestException and ConflictException.
  void build(const ImportDocument& document);

  /// The ids of what was made and of these tags, once they have been flushed.
  [[nodiscard]] ImportResult result(const std::vector<Tag*>& new_tags) const;

 private:
  User& make_user(const CreateUser& dto);
  Venue& make_venue(const CreateVenue& dto);
  Venue* venue_of(const ImportEvent& dto, const ImportDocument& document);
  User& user_of(const ImportRegistration& dto, const ImportEvent& event);
  void add_tags(Event& event, const std::vector<std::string>& names);
  void add_registrations(Event& event, const ImportEvent& dto);

  roost::orm::EntityManager& em_;
  std::vector<User*> known_users_;
  std::vector<Tag*> tags_;
  std::vector<User*> named_users_;    // in the order of the document
  std::vector<Venue*> named_venues_;  // the same
  std::vector<User*> users_;          // those, and the nested ones
  std::vector<Venue*> venues_;
  std::vector<Event*> events_;
  std::vector<Registration*> registrations_;
};
