// The cats of the shelter. One service serves all threads, so its state is Synchronized.
#pragma once

#include "cats/cat.hpp"
#include "cats/dto/create_cat.hpp"
#include "cats/dto/list_cats.hpp"
#include <roost/roost.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

class CatsService {
 public:
  CatsService();

  roost::Page<Cat> find_all(const ListCats& query) const;
  std::vector<Cat> find_by_tags(const std::vector<std::string>& tags) const;
  /// Throws NotFoundException, like everything below that takes an id.
  Cat find_one(std::int64_t id) const;
  Cat create(const CreateCat& dto);
  std::vector<Cat> create_many(const std::vector<CreateCat>& dtos);
  Cat replace(std::int64_t id, const CreateCat& dto);
  Cat update(std::int64_t id, const UpdateCat& patch);
  void remove(std::int64_t id);

 private:
  struct Shelter {
    std::map<std::int64_t, Cat> cats;
    std::int64_t last_id = 0;

    Cat& add(const CreateCat& dto);
    Cat& at(std::int64_t id);
  };

  roost::Synchronized<Shelter> shelter_;
};
