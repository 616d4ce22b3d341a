// The import of a document: one graph of entities, one flush, all or nothing.
#pragma once

#include "import/dto/import_body.hpp"
#include "import/import_result.hpp"
#include <roost/orm/entity_manager.hpp>
#include <roost/roost.hpp>

class TagsService;

class ImportService {
 public:
  using scope = roost::request_scoped;
  ImportService(roost::orm::EntityManager& em, TagsService& tags) : em_{em}, tags_{tags} {}

  /// Throws BadRequestException for a document that contradicts itself, and ConflictException for
  /// one that contradicts what is there.
  roost::Task<ImportResult> run(const ImportDocument& document);

 private:
  roost::orm::EntityManager& em_;
  TagsService& tags_;
};
