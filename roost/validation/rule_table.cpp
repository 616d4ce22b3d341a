// Prints the table of rules for the guide: validation_rule_table > docs/guide/validation-rules.md
#include <roost/validation/catalog.hpp>

#include <cstdio>

int main() { std::fputs(roost::validation::rule_table().c_str(), stdout); }
