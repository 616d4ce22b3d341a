// Arranges reading issues along the object.
#include <roost/validation/detail/issue_tree.hpp>

#include <algorithm>
#include <span>

namespace roost::validation::detail {

const IssueNode* IssueNode::find(std::string_view name) const {
  for (const IssueNode* child : children) {
    if (!child->segment->is_index() && child->segment->name() == name) return child;
  }
  return nullptr;
}

const IssueNode* IssueNode::find(std::size_t index) const {
  // Elements are reported in their order.
  const auto place = std::lower_bound(
      children.begin(), children.end(), index,
      [](const IssueNode* child, std::size_t wanted) { return child->segment->index() < wanted; });
  if (place == children.end() || !(*place)->segment->is_index()) return nullptr;
  return (*place)->segment->index() == index ? *place : nullptr;
}

IssueNode& IssueTree::child_of(IssueNode& parent, const json::PathSegment& segment) {
  // Issues come in document order: mostly the last child is meant.
  for (auto child = parent.children.rbegin(); child != parent.children.rend(); ++child) {
    if (*(*child)->segment == segment) return **child;
    if (segment.is_index() && (*child)->segment->index() < segment.index()) break;
  }
  IssueNode& made = nodes_.emplace_back();
  made.segment = &segment;
  auto place = parent.children.end();
  while (segment.is_index() && place != parent.children.begin() &&
         (*(place - 1))->segment->index() > segment.index()) {
    --place;
  }
  parent.children.insert(place, &made);
  return made;
}

IssueTree::IssueTree(const json::Issues& issues) {
  nodes_.emplace_back();
  for (const json::Issue& issue : issues) {
    const bool stranger = (issue.code == json::IssueCode::unknown_member ||
                           issue.code == json::IssueCode::duplicate_member) &&
                          !issue.path.empty();
    const std::size_t depth = issue.path.size() - (stranger ? 1 : 0);
    IssueNode* node = &nodes_.front();
    for (std::size_t i = 0; i < depth; ++i) node = &child_of(*node, issue.path[i]);
    if (stranger) {
      node->strangers.push_back(&issue);
    } else if (node->own == nullptr) {
      node->own = &issue;
    }
  }
}

}  // namespace roost::validation::detail
