// Walks an object along its plan and collects what fails.
#pragma once

#include <roost/validation/detail/issue_tree.hpp>
#include <roost/validation/detail/plan.hpp>
#include <roost/validation/detail/typed_subject.hpp>
#include <roost/validation/options.hpp>
#include <roost/validation/validation_error.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace roost::validation::detail {

/// One step from the root; lives on the stack of the walk, becomes text only for an error.
struct Place {
  const Place* parent = nullptr;
  std::string_view name;
  std::size_t index = 0;
  bool is_index = false;

  void append_to(std::string& path) const;
};

class Walker {
 public:
  Walker(const ValidationOptions& options, ValidationErrors& errors)
      : options_{options}, errors_{errors} {}

  /// Reading issues that a default value has made good.
  [[nodiscard]] std::size_t supplied() const { return supplied_; }

  /// Checks an object of the described class. `place` is null at the root. With `nothing_given` the
  /// input had no object at all: every required member counts as missing.
  void object(const reflect::TypeDescriptor& type, void* object, const IssueNode* issues,
              const Place* place, bool nothing_given = false);

  /// Walks into a value of any type that may hold objects.
  void value(const reflect::TypeDescriptor& type, void* value, const IssueNode* issues,
             const Place* place);

 private:
  /// Everything that the steps of checking one member share.
  struct Member {
    const reflect::TypeDescriptor& owner_type;
    const MemberPlan& plan;
    const void* owner;
    void* value;               // the member without optionals; null when there is none
    const IssueNode* issues;   // at or below the member
    const json::Issue* issue;  // about the member itself
    const Place* place;        // of the owner
    Subject subject;
    std::size_t errors_before = 0;
  };

  void member(const reflect::TypeDescriptor& type, const MemberPlan& plan, void* object,
              const IssueNode* issues, const Place* place, bool nothing_given);
  void check(Member& member);
  void check_with_issues(Member& member);
  void check_implicit_elements(Member& member);
  void check_implicit_type(Member& member);
  void check_nested_shape(Member& member);
  // misplaced.cpp
  /// An array where an object should be: its elements are checked as such objects.
  void check_elements_instead(const Member& member, std::string_view array, const Place* place);
  /// JSON of an object that stands where the type does not have one.
  void check_object_instead(const reflect::TypeDescriptor& type, std::string_view object,
                            const Place* place);
  [[nodiscard]] bool has_rule(const Member& member, std::string_view key) const;
  bool run(Member& member, const PlannedRule& rule);
  bool run_identified(Member& member, const PlannedRule& rule, RuleCall& call);
  bool run_each(Member& member, const PlannedRule& rule, RuleCall& call);
  void walk_into(Member& member);
  void object_rules(const reflect::TypeDescriptor& type, const ObjectPlan& plan, const void* object,
                    const Place* place);
  void strangers(const IssueNode& issues, const Place* place);

  [[nodiscard]] bool is_active(const PlannedRule& rule, const void* owner) const;
  [[nodiscard]] bool stopped(const Member& member) const {
    return options_.stop_at_first_error && errors_.size() > member.errors_before;
  }
  void fail(const Member& member, std::string_view rule, std::string message);
  void add(const Place* place, std::string_view property, std::string_view rule,
           std::string message);

  const ValidationOptions& options_;
  ValidationErrors& errors_;
  Scratch scratch_;
  std::size_t supplied_ = 0;
};

}  // namespace roost::validation::detail
