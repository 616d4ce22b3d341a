// What a query is written to: one walk over it gives its text, its values, or its shape.
#pragma once

#include <roost/sql/render.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace roost::db::detail {

/// The walk must not depend on which of the three is wanted, so that placeholders and values agree.
/// It hands over only what belongs to the query: the values are views.
class QuerySink {
 public:
  explicit QuerySink(Renderer& renderer) : renderer_{&renderer} {}
  explicit QuerySink(std::vector<ValueView>& values) : values_{&values} {}
  explicit QuerySink(std::string& shape) : shape_{&shape} {}

  void text(std::string_view sql);
  void name(std::string_view identifier);
  void table(reflect::TypeRef type);
  void column_name(const Path& path);
  void expression(const Expression& expression);
  /// What is selected or returned: also all columns of a table.
  void item(const Expression& expression);
  /// In parentheses unless it is a column or the like.
  void operand(const Expression& expression);
  void sort(const OrderTerm& term);
  void value(const Value& value);
  void payload(const Payload& payload);

  void enter(std::span<const TableAlias> tables);
  void leave();

  /// Null unless the text is wanted: for what depends on the dialect.
  [[nodiscard]] Renderer* renderer() const { return renderer_; }
  [[nodiscard]] bool is_sqlite() const {
    return renderer_ != nullptr && !renderer_->is_postgresql();
  }
  void require(Feature feature) const;
  [[noreturn]] void refuse(std::string_view what, std::string_view instead) const;

 private:
  void shape(char kind, std::string_view text);

  Renderer* renderer_ = nullptr;
  std::vector<ValueView>* values_ = nullptr;
  std::string* shape_ = nullptr;
};

/// `column("*")` or `column("t", "*")`
[[nodiscard]] bool is_star(const Expression& expression);

}  // namespace roost::db::detail
