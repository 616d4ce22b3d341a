#include "venues/venues.controller.hpp"

#include "venues/venues.service.hpp"

using roost::Body;
using roost::Param;
using roost::Query;
using roost::Task;

Task<roost::Page<const Venue*>> VenuesController::find_all(Query<ListVenues> query) {
  co_return co_await venues_.find_all(*query);
}

Task<const Venue&> VenuesController::find_one(Param<"id", std::int64_t> id,
                                              Query<PopulateVenue> query) {
  co_return co_await venues_.find_one(id, *query);
}

Task<VenueStats> VenuesController::stats(Param<"id", std::int64_t> id) { return venues_.stats(id); }

Task<const Venue&> VenuesController::create(Body<CreateVenue> dto) {
  co_return co_await venues_.create(*dto);
}

Task<const Venue&> VenuesController::replace(Param<"id", std::int64_t> id, Body<CreateVenue> dto) {
  co_return co_await venues_.replace(id, *dto);
}

Task<const Venue&> VenuesController::update(Param<"id", std::int64_t> id, Body<UpdateVenue> patch) {
  co_return co_await venues_.update(id, *patch);
}

Task<void> VenuesController::remove(Param<"id", std::int64_t> id) { return venues_.remove(id); }
