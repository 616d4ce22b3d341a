// Reading issues arranged along the object, so that the walk finds them without comparing paths.
#pragma once

#include <roost/json/issues.hpp>

#include <cstddef>
#include <deque>
#include <string_view>
#include <vector>

namespace roost::validation::detail {

struct IssueNode {
  const json::PathSegment* segment = nullptr;
  const json::Issue* own = nullptr;           // about the value at this place
  std::vector<const json::Issue*> strangers;  // unknown and repeated members of this object
  std::vector<IssueNode*> children;           // in order of the document

  [[nodiscard]] const IssueNode* find(std::string_view name) const;
  [[nodiscard]] const IssueNode* find(std::size_t index) const;
};

class IssueTree {
 public:
  /// The issues must outlive the tree.
  explicit IssueTree(const json::Issues& issues);

  [[nodiscard]] const IssueNode& root() const { return nodes_.front(); }

 private:
  IssueNode& child_of(IssueNode& parent, const json::PathSegment& segment);

  std::deque<IssueNode> nodes_;
};

}  // namespace roost::validation::detail
