#include "import/import.controller.hpp"

#include "import/import.service.hpp"

roost::Task<ImportResult> ImportController::run(roost::Body<ImportDocument> document) {
  co_return co_await import_.run(*document);
}
