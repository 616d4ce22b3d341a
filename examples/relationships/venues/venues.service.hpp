// The venues.
#pragma once

#include "venues/dto/list_venues.hpp"
#include "venues/dto/venue_body.hpp"
#include "venues/venue.hpp"
#include "venues/venue_stats.hpp"
#include <roost/orm/entity_manager.hpp>
#include <roost/roost.hpp>

#include <cstdint>

class VenuesService {
 public:
  using scope = roost::request_scoped;
  explicit VenuesService(roost::orm::EntityManager& em) : em_{em} {}

  roost::Task<roost::Page<const Venue*>> find_all(const ListVenues& query);
  /// Throws NotFoundException, like everything below that takes an id.
  roost::Task<const Venue&> find_one(std::int64_t id, const PopulateVenue& query);
  roost::Task<VenueStats> stats(std::int64_t id);
  roost::Task<const Venue&> create(const CreateVenue& dto);
  roost::Task<const Venue&> replace(std::int64_t id, const CreateVenue& dto);
  roost::Task<const Venue&> update(std::int64_t id, const UpdateVenue& patch);
  /// A venue that has events stays: ConflictException.
  roost::Task<void> remove(std::int64_t id);

 private:
  roost::Task<Venue&> at(std::int64_t id);

  roost::orm::EntityManager& em_;
};
