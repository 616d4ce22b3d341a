// validation_conformance DIR: checks the library's rules against recorded verdicts and messages,
// and a pipe built on them against recorded requests. Prints what fails per rule and ends with
// "N passed, N failed".
#include <roost/base/error.hpp>
#include <roost/validation/conformance/dto.hpp>
#include <roost/validation/conformance/pipe.hpp>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace roost::validation::conformance {

namespace {

/// What one case should give and what it gave, as text.
struct Outcome {
  std::string id;
  bool right = true;
  std::string detail{};
  bool verdict_right = true;
  bool has_message = false;
};

/// Known deviations: id → reason. An id may end in * for all that begin so.
class Deviations {
 public:
  explicit Deviations(const std::string& path) {
    if (!std::filesystem::exists(path)) return;
    const json::Value file = read_file(path);
    for (const json::Value& entry : file.as_array()) {
      for (const json::Value& id : entry.find("ids")->as_array()) {
        reasons_[id.as_string()] = entry.find("reason")->as_string();
      }
    }
  }

  [[nodiscard]] bool knows(const std::string& id) const { return reasons_.count(id) != 0; }
  [[nodiscard]] const std::map<std::string, std::string>& all() const { return reasons_; }

 private:
  std::map<std::string, std::string> reasons_;
};

std::vector<std::string> expected_messages(const json::Value& entry) {
  if (const auto* message = entry.find("message")) return {message->as_string()};
  std::vector<std::string> texts;
  if (const auto* messages = entry.find("messages")) {
    for (const json::Value& text : messages->as_array()) texts.push_back(text.as_string());
  }
  return texts;
}

std::string joined(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out += (out.empty() ? "" : " | ") + text;
  return out;
}

Outcome judge(const json::Value& entry, const std::vector<std::string>& messages) {
  Outcome outcome{entry.find("id")->as_string()};
  const bool valid = entry.find("valid")->as_boolean();
  const std::vector<std::string> expected = expected_messages(entry);
  outcome.has_message = !expected.empty();
  if (valid != messages.empty()) {
    outcome.right = false;
    outcome.verdict_right = false;
    outcome.detail = "should be " + std::string{valid ? "valid" : "refused"} + " " +
                     TestValue::tagged(*entry.find("value"))->to_string().substr(0, 120);
  } else if (!valid && !expected.empty() && expected != messages) {
    outcome.right = false;
    outcome.detail = "message \"" + joined(messages) + "\" should be \"" + joined(expected) + "\"";
  }
  return outcome;
}

/// A class with one field `field` that has the decorators of the set.
const Class& class_of(Classes& classes, const std::string& decorator, const json::Value& set) {
  json::Value field = json::Value::object();
  field.set("name", "field");
  if (const auto* decorators = set.find("decorators")) {
    field.set("decorators", *decorators);
  } else {
    json::Value options = json::Value::object();
    options.set("each", set.find("each")->as_boolean());
    json::Value entry = json::Value::object();
    entry.set("name", decorator).set("params", *set.find("params")).set("options", options);
    field.set("decorators", json::Value::array(entry));
  }
  if (const auto* nested = set.find("nested")) {
    const std::string& name = nested->find("name")->as_string();
    classes.add(name, *nested->find("fields"));
    field.set("type", name);
  }
  return classes.add("Holder", json::Value::array(field));
}

std::vector<Outcome> run_set(const std::string& decorator, const json::Value& set) {
  Classes classes;
  std::vector<Outcome> outcomes;
  const Class& type = class_of(classes, decorator, set);
  const Ref options = set.find("validatorOptions") == nullptr
                          ? TestValue::absent()
                          : TestValue::tagged(*set.find("validatorOptions"));
  for (const json::Value& entry : set.find("cases")->as_array()) {
    TestValue::Members members;
    if (const auto* siblings = entry.find("siblings")) {
      members = TestValue::tagged(*siblings)->members;
    }
    const Ref value = TestValue::tagged(*entry.find("value"));
    if (value->kind != Kind::absent) members.emplace_back("field", value);
    Ref object = TestValue::object(std::move(members));
    std::vector<std::string> messages;
    for (const Finding& finding : validate_instance(classes, type, object, *options)) {
      messages.push_back(finding.text());
    }
    outcomes.push_back(judge(entry, messages));
  }
  return outcomes;
}

/// How many of the cases came out as recorded, deviations not counted as such.
struct Share {
  std::size_t right = 0;
  std::size_t all = 0;

  void add(bool is_right) {
    ++all;
    right += is_right ? 1U : 0U;
  }
  [[nodiscard]] std::string text() const {
    if (all == 0) return "none";
    char out[64];
    std::snprintf(out, sizeof out, "%zu of %zu (%.2f %%)", right, all,
                  100.0 * static_cast<double>(right) / static_cast<double>(all));
    return out;
  }
};

struct Tier {
  Share verdicts;
  Share messages;
};

/// Counts of one rule or of one group of pipe cases.
class Report {
 public:
  explicit Report(const Deviations& deviations) : deviations_{deviations} {}

  void add(const std::string& group, const Outcome& outcome) {
    seen_.insert(outcome.id);
    const bool known = deviations_.knows(outcome.id);
    if (outcome.right && !known) {
      ++passed_;
      return;
    }
    if (!outcome.right && known) {
      ++deviating_;
      return;
    }
    ++failed_;
    std::printf(
        "%s: %s: %s\n", group.c_str(), outcome.id.c_str(),
        outcome.right ? "is listed as a deviation but no longer deviates" : outcome.detail.c_str());
  }
  void add_vector(const std::string& rule, std::int64_t tier, const Outcome& outcome) {
    add(rule, outcome);
    Tier& counts = tiers_[tier];
    counts.verdicts.add(outcome.verdict_right);
    if (outcome.has_message) counts.messages.add(outcome.right);
  }
  void add_pipe(const std::string& group, const Outcome& outcome) {
    add(group, outcome);
    pipe_.add(outcome.right);
  }
  void unsupported(const std::string& group, std::int64_t tier, std::size_t cases) {
    std::printf("%s: no such rule, %zu cases not run\n", group.c_str(), cases);
    unsupported_ += cases;
    tiers_[tier].verdicts.all += cases;
  }
  int finish() const {
    for (const auto& [tier, counts] : tiers_) {
      std::printf("tier %d: verdicts %s, messages %s\n", static_cast<int>(tier),
                  counts.verdicts.text().c_str(), counts.messages.text().c_str());
    }
    std::printf("pipe: %s\n", pipe_.text().c_str());
    if (unsupported_ > 0) std::printf("%zu cases of rules that are not there\n", unsupported_);
    std::printf("%zu known deviations\n", deviating_);
    std::printf("%zu passed, %zu failed\n", passed_, failed_);
    return failed_ == 0 ? 0 : 1;
  }

 private:
  const Deviations& deviations_;
  std::set<std::string> seen_;
  std::map<std::int64_t, Tier> tiers_;
  Share pipe_;
  std::size_t passed_ = 0;
  std::size_t failed_ = 0;
  std::size_t deviating_ = 0;
  std::size_t unsupported_ = 0;
};

bool is_supported(const std::string& decorator, const json::Value& set) {
  if (set.find("decorators") != nullptr) return decorator != "IsInstance";
  return is_known_rule(decorator);
}

void run_vectors(const std::string& folder, Report& report) {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator{folder + "/vectors"}) {
    if (entry.path().extension() == ".json") files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  for (const std::string& path : files) {
    const json::Value file = read_file(path);
    const std::string& decorator = file.find("decorator")->as_string();
    const std::int64_t tier = file.find("tier")->as_int64();
    for (const json::Value& set : file.find("sets")->as_array()) {
      if (!is_supported(decorator, set)) {
        report.unsupported(decorator, tier, set.find("cases")->as_array().size());
        continue;
      }
      try {
        for (const Outcome& outcome : run_set(decorator, set)) {
          report.add_vector(decorator, tier, outcome);
        }
      } catch (const Error& error) {
        for (const json::Value& entry : set.find("cases")->as_array()) {
          report.add_vector(decorator, tier,
                            {entry.find("id")->as_string(), false, error.what(), false});
        }
      }
    }
  }
}

void run_pipe(const std::string& folder, Report& report) {
  if (!std::filesystem::exists(folder + "/pipe-cases.json")) return;
  const Classes classes{read_file(folder + "/dtos.json")};
  const json::Value file = read_file(folder + "/pipe-cases.json");
  const json::Value& cases = file.is_array() ? file : *file.find("cases");
  for (const json::Value& entry : cases.as_array()) {
    std::string difference = run_pipe_case(classes, entry);
    difference = difference.substr(0, difference.find('\n'));
    report.add_pipe("pipe " + entry.find("tag")->as_string(),
                    {entry.find("id")->as_string(), difference.empty(), difference});
  }
}

}  // namespace

}  // namespace roost::validation::conformance

int main(int argc, char** argv) {
  using namespace roost::validation::conformance;
  const std::string folder = argc > 1 ? argv[1] : ROOST_CONFORMANCE_DATA;
  try {
    const Deviations deviations{argc > 2 ? argv[2] : ROOST_CONFORMANCE_DEVIATIONS};
    Report report{deviations};
    run_vectors(folder, report);
    run_pipe(folder, report);
    return report.finish();
  } catch (const std::exception& error) {
    std::printf("%s\n", error.what());
    return 2;
  }
}
