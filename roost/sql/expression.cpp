// Assembly and comparison of expressions.
#include <roost/base/decimal.hpp>
#include <roost/sql/errors.hpp>
#include <roost/sql/expression.hpp>
#include <roost/sql/render.hpp>

#include <algorithm>
#include <cstring>

namespace roost::db {

using detail::Node;

namespace {

/// A renderer descends as deep as the expression; SQLite itself stops at 1000.
constexpr std::uint32_t max_depth = 200;

std::uint16_t type_bits(const ValueView& value) {
  return static_cast<std::uint16_t>(static_cast<unsigned>(value.type()) |
                                    static_cast<unsigned>(value.element_type()) << 8U);
}

void mix(std::uint64_t& hash, std::uint64_t word) {
  hash = (hash ^ word) * 0x9E3779B97F4A7C15U;
  hash ^= hash >> 29U;
}

void mix_text(std::uint64_t& hash, std::string_view text) {
  mix(hash, text.size());
  while (!text.empty()) {
    std::uint64_t word = 0;
    const std::size_t size = std::min<std::size_t>(text.size(), 8);
    std::memcpy(&word, text.data(), size);
    mix(hash, word);
    text.remove_prefix(size);
  }
}

/// Raw SQL as a part of an expression.
class RawPayload final : public Payload {
 public:
  explicit RawPayload(RawSql sql) : sql_{std::move(sql)} {}

  void render(Renderer& renderer) const override { renderer.append(sql_); }
  void append_shape(std::string& out) const override { sql_.append_shape(out); }
  void append_values(std::vector<ValueView>& out) const override { sql_.append_values(out); }
  [[nodiscard]] bool may_write() const override { return true; }

 private:
  RawSql sql_;
};

}  // namespace

template class OperandMethods<Expression>;

Expression::Expression(RawSql sql)
    : Expression{payload(Shared<const RawPayload>::make(std::move(sql)))} {}

Expression Expression::of(const Path& path) {
  return Expression{Node{Op::path, 0, 0, 0, reinterpret_cast<std::uintptr_t>(&path)}};
}

Expression Expression::of(const Path& path, std::string_view alias) {
  Expression made{Node{Op::path_of, 0, 0, 0, reinterpret_cast<std::uintptr_t>(&path)}};
  made.attachments_.push_back({std::string{alias}, nullptr});
  return made;
}

Expression Expression::value(Value value) {
  if (value.view().is_null()) return null();
  Expression made{Node{Op::value, 0, type_bits(value.view()), 0, 0}};
  made.values_.push_back(std::move(value));
  return made;
}

Expression Expression::column(std::span<const std::string_view> names) {
  if (names.empty()) throw UsageError("a column needs a name");
  Expression made{Node{Op::column, 0, static_cast<std::uint16_t>(names.size()), 0, 0}};
  for (const std::string_view name : names) {
    if (name.empty()) throw UsageError("a column's name must not be empty");
    made.attachments_.push_back({std::string{name}, nullptr});
  }
  return made;
}

Expression Expression::constant(bool truth) {
  return Expression{Node{truth ? Op::always_true : Op::always_false, 0, 0, 0, 0}};
}

Expression Expression::null() { return Expression{Node{Op::null, 0, 0, 0, 0}}; }

Expression Expression::payload(Shared<const Payload> payload) {
  Expression made{Node{Op::payload, 0, 0, 0, 0}};
  made.attachments_.push_back({{}, std::move(payload)});
  return made;
}

Expression Expression::quantified(Quantifier kind, const Path& path, Expression inner) {
  const Node node{Op::quantified, static_cast<std::uint8_t>(kind), 0, inner.empty() ? 0U : 1U,
                  reinterpret_cast<std::uintptr_t>(&path)};
  if (kind == Quantifier::every && inner.empty()) return constant(true);
  inner.put_before(node);
  return inner;
}

Expression Expression::call(std::string_view function, std::vector<Expression> arguments,
                            std::uint8_t flags) {
  Expression made{Node{Op::call, flags, 0, static_cast<std::uint32_t>(arguments.size()), 0}};
  made.attachments_.push_back({std::string{function}, nullptr});
  for (Expression& argument : arguments) made.adopt(std::move(argument));
  return made;
}

Expression Expression::over(Node node, std::vector<Expression> operands) {
  node.arity = static_cast<std::uint32_t>(operands.size());
  Expression made{node};
  for (Expression& operand : operands) made.adopt(std::move(operand));
  return made;
}

Expression& Expression::operator&=(Expression condition) {
  return *this = detail::combine(Op::all, std::move(*this), std::move(condition));
}
Expression& Expression::operator|=(Expression condition) {
  return *this = detail::combine(Op::any, std::move(*this), std::move(condition));
}

void Expression::put_before(Node node) {
  nodes_.push_front(node);
  if (++depth_ > max_depth) {
    throw UsageError("an expression is nested more than " + std::to_string(max_depth) +
                     " levels deep");
  }
}

void Expression::put_before(Node node, std::string_view text) {
  put_before(node);
  attachments_.insert(attachments_.begin(), {std::string{text}, nullptr});
}

void Expression::adopt(Expression&& operand, std::size_t from_node) {
  if (operand.empty()) throw UsageError("an operand of an expression is missing: it is empty");
  nodes_.append(std::move(operand.nodes_), from_node);
  values_.append(std::move(operand.values_));
  attachments_.insert(attachments_.end(), std::make_move_iterator(operand.attachments_.begin()),
                      std::make_move_iterator(operand.attachments_.end()));
  depth_ = std::max(depth_, operand.depth_ + 1);
  if (depth_ > max_depth) {
    throw UsageError("an expression is nested more than " + std::to_string(max_depth) +
                     " levels deep");
  }
}

/// This one becomes, or is, a list of conditions, and takes `other` or its members in.
void Expression::join(Op op, Expression&& other) {
  if (nodes_[0].op != op) put_before(Node{op, 0, 0, 1, 0});
  const bool flat = other.nodes_[0].op == op;
  nodes_[0].arity += flat ? other.nodes_[0].arity : 1U;
  adopt(std::move(other), flat ? 1 : 0);
}

std::uint64_t Expression::shape_hash() const {
  std::uint64_t hash = nodes_.size();
  for (const Node& node : nodes_) {
    std::uint64_t word = 0;
    std::memcpy(&word, &node, sizeof word);
    mix(hash, word);
    mix(hash, node.data);
  }
  for (const detail::Attachment& attachment : attachments_) {
    mix_text(hash, attachment.text);
    if (attachment.payload == nullptr) continue;
    std::string shape;
    attachment.payload->append_shape(shape);
    mix_text(hash, shape);
  }
  return hash;
}

bool Expression::same_shape(const Expression& other) const {
  if (nodes_.size() != other.nodes_.size() || attachments_.size() != other.attachments_.size()) {
    return false;
  }
  if (!nodes_.empty() &&
      std::memcmp(nodes_.begin(), other.nodes_.begin(), nodes_.size() * sizeof(Node)) != 0) {
    return false;
  }
  for (std::size_t i = 0; i < attachments_.size(); ++i) {
    const detail::Attachment& a = attachments_[i];
    const detail::Attachment& b = other.attachments_[i];
    if (a.text != b.text || (a.payload == nullptr) != (b.payload == nullptr)) return false;
    if (a.payload == nullptr || a.payload == b.payload) continue;
    std::string shape;
    std::string other_shape;
    a.payload->append_shape(shape);
    b.payload->append_shape(other_shape);
    if (shape != other_shape) return false;
  }
  return true;
}

void Expression::append_shape(std::string& out) const {
  const std::size_t size = nodes_.size() * sizeof(Node);
  out += 'e';
  out.append(std::to_string(nodes_.size()));
  out += ':';
  if (size > 0) out.append(reinterpret_cast<const char*>(nodes_.begin()), size);
  for (const detail::Attachment& attachment : attachments_) {
    out.append(std::to_string(attachment.text.size()));
    out += ':';
    out.append(attachment.text);
    if (attachment.payload != nullptr) attachment.payload->append_shape(out);
  }
}

void Expression::append_values(std::vector<ValueView>& out) const {
  if (attachments_.empty()) {  // else payloads may have values of their own in between
    for (const Value& value : values_) out.push_back(value.view());
    return;
  }
  ExpressionCursor cursor{*this};
  while (!cursor.at_end()) {
    const Node& node = cursor.next();
    if (node.op == Op::value) out.push_back(cursor.next_value());
    for (std::size_t i = detail::attachment_count(node); i > 0; --i) {
      const detail::Attachment& attachment = cursor.next_attachment();
      if (attachment.payload != nullptr) attachment.payload->append_values(out);
    }
  }
}

bool Expression::may_write() const {
  for (const detail::Attachment& attachment : attachments_) {
    if (attachment.payload != nullptr && attachment.payload->may_write()) return true;
  }
  return false;
}

ExpressionCursor Expression::cursor() const { return ExpressionCursor{*this}; }

void ExpressionCursor::skip() {
  for (std::size_t left = 1; left > 0; --left) {
    const Node& node = next();
    left += node.arity;
    if (node.op == Op::value) ++value_;
    attachment_ += detail::attachment_count(node);
  }
}

OrderTerm OrderTerm::reversed() const {
  constexpr std::uint8_t nulls = detail::sort_nulls_first | detail::sort_nulls_last;
  const std::uint8_t flip = (flags_ & nulls) != 0 ? nulls : std::uint8_t{0};
  return {expression_, static_cast<std::uint8_t>(flags_ ^ (detail::sort_descending | flip))};
}

std::uint8_t OrderTerm::flags(bool nulls_first) const {
  return static_cast<std::uint8_t>(
      (flags_ & detail::sort_descending) |
      (nulls_first ? detail::sort_nulls_first : detail::sort_nulls_last));
}

}  // namespace roost::db
