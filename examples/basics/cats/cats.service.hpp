// The cats of the shelter. One service serves all threads, so its state is Synchronized.
#pragma once

#include "cats/cat.hpp"
#include "cats/dto/create_cat.hpp"
#include "cats/dto/list_cats.hpp"
#include <roost/roost.hpp>

#include <map>
#include <string>
#include <vector>

class CatsService {
 public:
  CatsService();

  roost::Page<Cat> find_all(const ListCats& query) const;
  std::vector<Cat> find_by_tags(const std::vector<std::string>& tags) const;
  /// Throws NotFoundException, like everything below that takes an id.
  Cat find_one(int id) const;
  Cat create(const CreateCat& dto);
  std::vector<Cat> create_many(const std::vector<CreateCat>& dtos);
  Cat replace(int id, const CreateCat& dto);
  Cat update(int id, const UpdateCat& patch);
  void remove(int id);

 private:
  struct Shelter {
    std::map<int, Cat> cats;
    int last_id = 0;

    Cat& add(const CreateCat& dto);
    Cat& at(int id);
  };

  roost::Synchronized<Shelter> shelter_;
};
