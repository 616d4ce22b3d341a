// The cases that hold for every driver, on SQLite: in memory and in a file.
#include <roost/sql/conformance/driver_fixture.hpp>
#include <roost/sql/sqlite/sqlite.hpp>

#include <cstdlib>
#include <filesystem>

namespace roost::db::conformance {
namespace {

class Memory final : public Place {
 public:
  std::unique_ptr<Database> open(DatabaseOptions options) override {
    options.url = "sqlite::memory:";
    return sqlite::open(std::move(options));
  }
};

class Folder final : public Place {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "roost-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
    path_ = name;
  }
  ~Folder() override {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::unique_ptr<Database> open(DatabaseOptions options) override {
    options.url = "sqlite:" + (path_ / "test.db").string();
    return sqlite::open(std::move(options));
  }

 private:
  std::filesystem::path path_;
};

std::unique_ptr<Place> memory() { return std::make_unique<Memory>(); }
std::unique_ptr<Place> file() { return std::make_unique<Folder>(); }

INSTANTIATE_TEST_SUITE_P(Sqlite, DriverConformance, ::testing::Values(&memory, &file),
                         [](const auto& one) { return one.index == 0 ? "memory" : "file"; });

}  // namespace
}  // namespace roost::db::conformance
