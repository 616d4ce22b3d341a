#include "cats/cats.service.hpp"

#include <algorithm>

namespace {

[[noreturn]] void throw_not_found(std::int64_t id) {
  throw roost::NotFoundException("Cat #" + std::to_string(id) + " not found");
}

bool has_any(const Cat& cat, const std::vector<std::string>& tags) {
  return std::any_of(tags.begin(), tags.end(), [&](const std::string& tag) {
    return std::find(cat.tags.begin(), cat.tags.end(), tag) != cat.tags.end();
  });
}

CreateCat tom() {
  CreateCat cat{};
  cat.name = "Tom";
  cat.age = 3;
  cat.email = "tom@example.com";
  cat.born_at = roost::Timestamp::parse("2020-01-02T03:04:05Z").value();
  cat.owner.name = "Ann";
  cat.tags = {"grey"};
  return cat;
}

CreateCat kit() {
  CreateCat cat{};
  cat.name = "Kit";
  cat.age = 5;
  cat.temper = Temper::wild;
  cat.email = "kit@example.com";
  cat.born_at = roost::Timestamp::parse("2019-06-07").value();
  cat.owner.name = "Bob";
  cat.owner.email = "bob@example.com";
  cat.nickname = "K";
  cat.indoor = false;
  return cat;
}

}  // namespace

Cat& CatsService::Shelter::add(const CreateCat& dto) {
  Cat cat;
  cat.id = ++last_id;
  roost::assign(cat, dto);
  return cats.emplace(cat.id, std::move(cat)).first->second;
}

Cat& CatsService::Shelter::at(std::int64_t id) {
  const auto found = cats.find(id);
  if (found == cats.end()) throw_not_found(id);
  return found->second;
}

CatsService::CatsService() {
  shelter_.with([](Shelter& shelter) {
    shelter.add(tom());
    shelter.add(kit());
  });
}

roost::Page<Cat> CatsService::find_all(const ListCats& query) const {
  return shelter_.read([&](const Shelter& shelter) {
    std::vector<const Cat*> matching;
    for (const auto& [id, cat] : shelter.cats) {
      if (!query.temper || cat.temper == *query.temper) matching.push_back(&cat);
    }
    roost::Page<Cat> page{{}, std::ssize(matching), query.page, query.limit};
    // A page far behind the last has no items; its number must not overflow.
    const auto before = std::min<std::int64_t>(query.page - 1, std::ssize(matching)) * query.limit;
    for (auto i = before; i < std::min(before + query.limit, std::ssize(matching)); ++i) {
      page.items.push_back(*matching[static_cast<std::size_t>(i)]);
    }
    return page;
  });
}

std::vector<Cat> CatsService::find_by_tags(const std::vector<std::string>& tags) const {
  return shelter_.read([&](const Shelter& shelter) {
    std::vector<Cat> found;
    for (const auto& [id, cat] : shelter.cats) {
      if (has_any(cat, tags)) found.push_back(cat);
    }
    return found;
  });
}

Cat CatsService::find_one(std::int64_t id) const {
  return shelter_.read([&](const Shelter& shelter) {
    const auto found = shelter.cats.find(id);
    if (found == shelter.cats.end()) throw_not_found(id);
    return found->second;
  });
}

Cat CatsService::create(const CreateCat& dto) {
  return shelter_.with([&](Shelter& shelter) { return shelter.add(dto); });
}

std::vector<Cat> CatsService::create_many(const std::vector<CreateCat>& dtos) {
  return shelter_.with([&](Shelter& shelter) {
    std::vector<Cat> cats;
    for (const CreateCat& dto : dtos) cats.push_back(shelter.add(dto));
    return cats;
  });
}

Cat CatsService::replace(std::int64_t id, const CreateCat& dto) {
  return shelter_.with([&](Shelter& shelter) {
    Cat& cat = shelter.at(id);
    roost::assign(cat, dto);
    return cat;
  });
}

Cat CatsService::update(std::int64_t id, const UpdateCat& patch) {
  return shelter_.with([&](Shelter& shelter) {
    Cat& cat = shelter.at(id);
    patch.assign_to(cat);
    return cat;
  });
}

void CatsService::remove(std::int64_t id) {
  shelter_.with([&](Shelter& shelter) {
    if (shelter.cats.erase(id) == 0) throw_not_found(id);
  });
}
