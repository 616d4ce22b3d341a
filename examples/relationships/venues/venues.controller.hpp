// HTTP for venues: paths, parameters and statuses; everything else is the service's.
#pragma once

#include "venues/dto/list_venues.hpp"
#include "venues/dto/venue_body.hpp"
#include "venues/venue.hpp"
#include "venues/venue_stats.hpp"
#include <roost/roost.hpp>

#include <cstdint>

class VenuesService;

class VenuesController {
  static constexpr auto not_found =
      roost::throws<roost::NotFoundException>("There is no such venue");
  static constexpr auto in_use = roost::throws<roost::ConflictException>("The venue has events");

 public:
  explicit VenuesController(VenuesService& venues) : venues_{venues} {}

  roost::Task<roost::Page<const Venue*>> find_all(roost::Query<ListVenues> query);
  roost::Task<const Venue&> find_one(roost::Param<"id", std::int64_t> id,
                                     roost::Query<PopulateVenue> query);
  roost::Task<VenueStats> stats(roost::Param<"id", std::int64_t> id);
  roost::Task<const Venue&> create(roost::Body<CreateVenue> dto);
  roost::Task<const Venue&> replace(roost::Param<"id", std::int64_t> id,
                                    roost::Body<CreateVenue> dto);
  roost::Task<const Venue&> update(roost::Param<"id", std::int64_t> id,
                                   roost::Body<UpdateVenue> patch);
  roost::Task<void> remove(roost::Param<"id", std::int64_t> id);

  static constexpr auto routes = roost::controller(
      "venues", roost::get<&VenuesController::find_all>(),
      roost::get<&VenuesController::find_one>(":id", not_found),
      roost::get<&VenuesController::stats>(":id/stats", not_found),
      roost::post<&VenuesController::create>(),
      roost::put<&VenuesController::replace>(":id", not_found),
      roost::patch<&VenuesController::update>(":id", not_found),
      roost::del<&VenuesController::remove>(":id", roost::http_code(204), not_found, in_use));

 private:
  VenuesService& venues_;
};
