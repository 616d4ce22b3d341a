// A database together with the entities that are stored in it: what entity managers work on.
#pragma once

#include <roost/orm/metadata.hpp>
#include <roost/sql/driver.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace roost::orm {

/// Thread-safe; outlives every entity manager that is made from it.
class DataSource {
 public:
  /// Throws MetadataError when the entities contradict themselves or each other.
  DataSource(std::unique_ptr<db::Database> database, std::vector<EntityEntry> entities)
      : database_{std::move(database)}, metadata_{std::move(entities)} {}
  DataSource(const DataSource&) = delete;
  DataSource& operator=(const DataSource&) = delete;

  [[nodiscard]] db::Database& database() const { return *database_; }
  [[nodiscard]] const Metadata& metadata() const { return metadata_; }

 private:
  std::unique_ptr<db::Database> database_;
  Metadata metadata_;
};

}  // namespace roost::orm
