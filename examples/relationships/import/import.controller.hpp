// HTTP for the import of whole graphs.
#pragma once

#include "import/dto/import_body.hpp"
#include "import/import_result.hpp"
#include <roost/roost.hpp>

class ImportService;

class ImportController {
 public:
  explicit ImportController(ImportService& imports) : import_{imports} {}

  roost::Task<ImportResult> run(roost::Body<ImportDocument> document);

  static constexpr auto routes = roost::controller(
      "import", roost::post<&ImportController::run>(
                    roost::throws<roost::ConflictException>("It conflicts with what is there")));

 private:
  ImportService& import_;
};
