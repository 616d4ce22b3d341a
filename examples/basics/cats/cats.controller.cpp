#include "cats/cats.controller.hpp"

#include "cats/cats.service.hpp"

roost::Page<Cat> CatsController::find_all(roost::Query<ListCats> query) {
  return cats_.find_all(*query);
}

std::vector<Cat> CatsController::search(roost::QueryParam<"tags", std::vector<std::string>> tags) {
  return cats_.find_by_tags(*tags);
}

Latest CatsController::latest() { return {}; }

Cat CatsController::find_one(roost::Param<"id", std::int64_t> id) { return cats_.find_one(id); }

Cat CatsController::create(roost::Body<CreateCat> dto) { return cats_.create(*dto); }

std::vector<Cat> CatsController::create_many(roost::Body<std::vector<CreateCat>> dtos) {
  return cats_.create_many(*dtos);
}

Cat CatsController::replace(roost::Param<"id", std::int64_t> id, roost::Body<CreateCat> dto) {
  return cats_.replace(id, *dto);
}

Cat CatsController::update(roost::Param<"id", std::int64_t> id, roost::Body<UpdateCat> patch) {
  return cats_.update(id, *patch);
}

void CatsController::remove(roost::Param<"id", std::int64_t> id) { cats_.remove(id); }

Adopted CatsController::adopt(roost::Param<"id", std::int64_t> id) {
  return {cats_.find_one(id).id};
}
