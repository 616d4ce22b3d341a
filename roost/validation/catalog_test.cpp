// The catalogue of rules and the page of the guide that is made of it.
#include <roost/validation/catalog.hpp>

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>
#include <string>

namespace roost::validation {
namespace {

TEST(Catalog, EveryRuleIsDescribed) {
  std::set<std::string_view> signatures;
  for (const CatalogEntry& entry : rule_catalog()) {
    const RuleOperations& rule = *entry.operations;
    EXPECT_TRUE(signatures.insert(rule.signature).second) << rule.signature;
    EXPECT_FALSE(rule.key.empty()) << rule.signature;
    EXPECT_FALSE(rule.summary.empty()) << rule.signature;
    EXPECT_NE(rule.message.find("$property"), std::string_view::npos) << rule.signature;
    EXPECT_NE(rule.message.find("$each"), std::string_view::npos) << rule.signature;
    EXPECT_NE(rule.check, nullptr) << rule.signature;
  }
  EXPECT_GT(signatures.size(), 90U);
}

// Tests run in the root of the sources.
TEST(Catalog, TheGuideShowsTheRulesAsTheyAre) {
  std::ifstream file{"docs/guide/validation-rules.md", std::ios::binary};
  ASSERT_TRUE(file) << "run validation_rule_table > docs/guide/validation-rules.md";
  std::ostringstream page;
  page << file.rdbuf();
  EXPECT_EQ(page.str(), rule_table())
      << "run validation_rule_table > docs/guide/validation-rules.md";
}

}  // namespace
}  // namespace roost::validation
