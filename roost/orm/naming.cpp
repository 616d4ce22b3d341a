// The strategies that come along.
#include <roost/orm/naming.hpp>
#include <roost/sql/render.hpp>

namespace roost::orm {

NamingStrategy::~NamingStrategy() = default;

std::string NamingStrategy::table(std::string_view class_name) const {
  return db::snake_case(class_name);
}

std::string NamingStrategy::column(std::string_view member) const { return db::snake_case(member); }

std::string NamingStrategy::embedded_prefix(std::string_view member) const {
  return column(member) + '_';
}

std::string NamingStrategy::reference_column(std::string_view member,
                                             std::string_view key_column) const {
  return column(member) + '_' + std::string{key_column};
}

std::string NamingStrategy::pivot_table(std::string_view owner_table,
                                        std::string_view member) const {
  return std::string{owner_table} + '_' + column(member);
}

std::string NamingStrategy::pivot_column(std::string_view class_name, std::string_view key_column,
                                         int side) const {
  std::string name = table(class_name);
  if (side != 0) name += '_' + std::to_string(side);
  return name + '_' + std::string{key_column};
}

std::string NamingStrategy::constraint(ConstraintKind /*kind*/, std::string_view /*table*/,
                                       std::span<const std::string> /*columns*/) const {
  return {};
}

namespace {

class UnchangedNames final : public NamingStrategy {
 public:
  [[nodiscard]] std::string table(std::string_view class_name) const override {
    return std::string{class_name};
  }
  [[nodiscard]] std::string column(std::string_view member) const override {
    return std::string{member};
  }
};

}  // namespace

const NamingStrategy& snake_case_names() {
  static const NamingStrategy names;
  return names;
}

const NamingStrategy& unchanged_names() {
  static const UnchangedNames names;
  return names;
}

}  // namespace roost::orm
