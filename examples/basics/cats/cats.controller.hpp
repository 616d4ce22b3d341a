// HTTP for cats: paths, parameters and statuses; everything else is the service's.
#pragma once

#include "cats/cat.hpp"
#include "cats/dto/create_cat.hpp"
#include "cats/dto/list_cats.hpp"
#include <roost/roost.hpp>

#include <cstdint>
#include <string>
#include <vector>

class CatsService;

struct Latest {
  bool shadowed = false;
};

struct Adopted {
  std::int64_t adopted = 0;
};

class CatsController {
  static constexpr auto not_found = roost::throws<roost::NotFoundException>("There is no such cat");

 public:
  explicit CatsController(CatsService& cats) : cats_{cats} {}

  roost::Page<Cat> find_all(roost::Query<ListCats> query);
  std::vector<Cat> search(roost::QueryParam<"tags", std::vector<std::string>> tags);
  Latest latest();
  Cat find_one(roost::Param<"id", std::int64_t> id);
  Cat create(roost::Body<CreateCat> dto);
  std::vector<Cat> create_many(roost::Body<std::vector<CreateCat>> dtos);
  Cat replace(roost::Param<"id", std::int64_t> id, roost::Body<CreateCat> dto);
  Cat update(roost::Param<"id", std::int64_t> id, roost::Body<UpdateCat> patch);
  void remove(roost::Param<"id", std::int64_t> id);
  Adopted adopt(roost::Param<"id", std::int64_t> id);

  static constexpr auto routes = roost::controller(
      "cats", roost::get<&CatsController::find_all>(),
      roost::get<&CatsController::search>("search"),
      roost::get<&CatsController::find_one>(":id", not_found),
      roost::get<&CatsController::latest>("latest"),  // a literal wins over :id wherever it stands
      roost::post<&CatsController::create>(), roost::post<&CatsController::create_many>("bulk"),
      roost::put<&CatsController::replace>(":id", not_found),
      roost::patch<&CatsController::update>(":id", roost::validation_pipe().null_is_absent(),
                                            not_found),
      roost::del<&CatsController::remove>(":id", roost::http_code(204), not_found),
      roost::post<&CatsController::adopt>(":id/adopt", roost::http_code(200), not_found));

 private:
  CatsService& cats_;
};
