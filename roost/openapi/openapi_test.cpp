// The document of routes and types, YAML, the docs page and the table of routes.
#include <roost/base/nullable.hpp>
#include <roost/base/timestamp.hpp>
#include <roost/base/uuid.hpp>
#include <roost/di/container.hpp>
#include <roost/http/exceptions.hpp>
#include <roost/meta/mapped_types.hpp>
#include <roost/openapi/annotations.hpp>
#include <roost/openapi/docs.hpp>
#include <roost/openapi/document.hpp>
#include <roost/openapi/routes_table.hpp>
#include <roost/openapi/security.hpp>
#include <roost/validation/rules.hpp>
#include <roost/web/body_stream.hpp>
#include <roost/web/controllers.hpp>
#include <roost/web/enhancers.hpp>
#include <roost/web/page.hpp>
#include <roost/web/route_descriptor.hpp>
#include <roost/web/validation_pipe.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

namespace zoo {

using namespace roost;
using json::Value;

enum class Temper { calm, wild };

struct Owner {
  std::string name;
  Nullable<std::string> email;

  static constexpr auto meta =
      roost::meta(description("Who feeds it."), field<&Owner::name>(not_empty),
                  field<&Owner::email>(is_email, deprecated));
};

struct Dog {
  std::string bark;
};
struct Fish {
  int fins = 0;
  double depth;
};

/// Stands for a Dog or a Fish that lives elsewhere, as the ORM's references do.
struct Animal {};

struct Sighting {
  std::string place;
  Animal animal;
};

}  // namespace zoo

template <>
struct roost::reflect::TypeInfo<zoo::Animal> {
  static constexpr bool describable = true;
  static constexpr bool comparable = false;

  static constexpr std::string_view kinds[] = {"zoo::Dog", "zoo::Fish"};
  static constexpr ReferenceDetails details{false, [](const void*) { return true; },
                                            [](const void*, void*, VisitReferenced) {}, kinds};
  static const TypeDescriptor& descriptor() {
    static const TypeDescriptor type = [] {
      TypeDescriptor made =
          detail::basic_descriptor<zoo::Animal>(TypeKind::reference, "Animal", "zoo::Animal");
      made.reference = &details;
      made.role = &details;
      return made;
    }();
    return type;
  }
};

namespace zoo {

struct Node {  // contains itself
  std::string label;
  std::vector<Node> children;
};

namespace other {
struct Owner {
  int id = 0;
};
}  // namespace other

struct CreateCat {
  std::string name;
  int age = 3;
  std::uint8_t lives;
  double weight;
  Temper temper = Temper::wild;
  std::vector<std::string> tags;
  std::array<int, 3> sizes;
  std::set<std::string> nicknames;
  std::map<std::string, double> scores;
  std::map<Temper, int> moods;
  Owner owner;
  std::optional<Owner> sitter;
  std::variant<Dog, Fish> friend_;
  std::variant<int, double> loose;
  Timestamp born;
  Uuid chip;
  json::Value anything;
  std::optional<std::string> nick;
  std::optional<int> never_null;
  std::string secret;
  std::string server_side;
  std::string inside;
  std::string status;
  int defaulted;
  int conditional;
  std::string grouped;

  static constexpr auto meta = roost::meta(
      field<&CreateCat::name>(length(2, 20), max_length(18), matches("^[A-Z]"),
                              description("As it is called."), example("Tom")),
      field<&CreateCat::age>(min(0), max(30)),
      field<&CreateCat::tags>(json_name("labels"), array_max_size(3), array_unique,
                              each(min_length(1), one_of("a", "b"))),
      field<&CreateCat::never_null>(not_null, positive), field<&CreateCat::secret>(write_only),
      field<&CreateCat::server_side>(read_only), field<&CreateCat::inside>(hidden),
      field<&CreateCat::status>(one_of("new", "old"), not_equals("x")),
      field<&CreateCat::defaulted>(default_value(7), divisible_by(7)),
      field<&CreateCat::conditional>(when<&CreateCat::age>(3, min(5))),
      field<&CreateCat::grouped>(min_length(4).groups("admin")));
};

struct Search {
  int page = 1;
  std::vector<std::string> tags;
  std::optional<Temper> temper;

  static constexpr auto meta = roost::meta(field<&Search::page>(min(1), description("From 1.")),
                                           field<&Search::tags>(optional));
};

struct KeyGuard {
  static constexpr auto security = api_key("x-api-key");
  bool can_activate(ExecutionContext&) { return true; }
};
struct UserGuard {
  static constexpr auto security = bearer_auth();
  bool can_activate(ExecutionContext&) { return true; }
};
struct PlainGuard {
  bool can_activate(ExecutionContext&) { return true; }
};

struct Contact {
  std::string mail;
  std::optional<Temper> mood;
  static constexpr auto meta = roost::meta(field<&Contact::mail>(is_email));
};

template <web::ParameterSource source, FixedString field>
struct Upload {
  static Upload extract(ExecutionContext&) { return {}; }
  static constexpr web::ParameterDescriptor describe_parameter() {
    return {source, field.view(), nullptr, "Upload"};
  }
};
using Photo = Upload<web::ParameterSource::file, "photo">;
using Extra = Upload<web::ParameterSource::optional_file, "extra">;

class CatsController {
 public:
  void upload(Photo, Extra) {}
  Task<void> store(BodyStream) { co_return; }
  Page<CreateCat> find_all(Query<Search>) { return {}; }
  CreateCat find_one(Param<"id", int>) { return {}; }
  CreateCat create(Body<CreateCat>) { return {}; }
  CreateCat update(Param<"key", int>, Body<Partial<CreateCat>>) { return {}; }
  CreateCat touch(Param<"id", int>, Body<Partial<CreateCat>>) { return {}; }
  void remove(Param<"id", int>) {}
  std::vector<Pick<CreateCat, &CreateCat::name, &CreateCat::age>> names() { return {}; }
  Node tree(Body<Node>) { return {}; }
  other::Owner stranger() { return {}; }
  std::string text(Param<"part", std::optional<std::string>>, Param<"rest">, QueryParam<"q">,
                   QueryParam<"n", std::optional<int>>, Header<"x-trace">,
                   Cookie<"sid", std::optional<std::string>>) {
    return {};
  }
  std::vector<std::byte> bytes() { return {}; }
  Response free() { return {}; }
  void contact(Body<Contact>) {}
  void anything() {}
  void hidden_route() {}
  const Owner* pointer() { return nullptr; }
  Page<const Dog*> pointers() { return {}; }
  Sighting sighting() { return {}; }

  static constexpr auto routes = controller(
      "cats", get<&CatsController::find_all>(summary("All cats"), description("Page by page.")),
      get<&CatsController::find_one>(":id", throws<NotFoundException>("No such cat"), deprecated),
      post<&CatsController::create>(use_guards<UserGuard, KeyGuard>(),
                                    answers<Owner>(202, "Waits for its owner")),
      patch<&CatsController::update>(":key", validation_pipe().null_is_absent()),
      put<&CatsController::touch>(":id", validation_pipe().strip_unknown().status(422)),
      del<&CatsController::remove>(":id", http_code(204), header("X-Gone", "yes")),
      get<&CatsController::names>("names", operation_id("catNames"), tag("Lists"), tag("Cats")),
      post<&CatsController::tree>("tree"), get<&CatsController::stranger>("stranger"),
      get<&CatsController::text>("text{/:part}/*rest", use_guards<PlainGuard>()),
      get<&CatsController::bytes>("bytes"), get<&CatsController::free>("free"),
      post<&CatsController::contact>("contact"), all<&CatsController::anything>("any"),
      get<&CatsController::hidden_route>("hidden", undocumented),
      post<&CatsController::store>("store"), post<&CatsController::upload>("upload"),
      get<&CatsController::pointer>("pointer"), get<&CatsController::pointers>("pointers"),
      get<&CatsController::sighting>("sighting"));
};

}  // namespace zoo

namespace {

using roost::json::Value;

std::vector<roost::web::GuardedRoute> zoo_routes() {
  std::vector<roost::web::GuardedRoute> routes;
  for (const auto& route : roost::web::describe_controller<zoo::CatsController>().routes) {
    routes.push_back(
        {&route,
         route.chain == nullptr ? std::vector<roost::web::GuardLink>{} : route.chain->guards,
         route.validation.get()});
  }
  return routes;
}

const Value& document() {
  static const Value made = roost::openapi::make_document(
      zoo_routes(), roost::OpenApiOptions("Zoo").version("2.1").tag("Cats", "All about cats"));
  return made;
}

const Value& schema(std::string_view name) { return document().at("components", "schemas", name); }
const Value& property(std::string_view type, std::string_view name) {
  return schema(type).at("properties", name);
}
const Value& operation(std::string_view path, std::string_view method) {
  return document().at("paths", path, method);
}

#define EXPECT_JSON(value, expected) EXPECT_EQ((value).dump(), Value::parse(expected).dump())

TEST(Schemas, SayWhatTypesSay) {
  EXPECT_JSON(property("CreateCatInput", "lives"),
              R"({"type":"integer","format":"int32","minimum":0,"maximum":255})");
  EXPECT_JSON(property("CreateCatInput", "weight"), R"({"type":"number","format":"double"})");
  EXPECT_JSON(
      property("CreateCatInput", "sizes"),
      R"({"type":"array","items":{"type":"integer","format":"int32"},"minItems":3,"maxItems":3})");
  EXPECT_JSON(property("CreateCatInput", "nicknames"),
              R"({"type":"array","items":{"type":"string"},"uniqueItems":true})");
  EXPECT_JSON(property("CreateCatInput", "scores"),
              R"({"type":"object","additionalProperties":{"type":"number","format":"double"}})");
  EXPECT_JSON(property("CreateCatInput", "moods"),
              R"({"type":"object","propertyNames":{"$ref":"#/components/schemas/Temper"},
                  "additionalProperties":{"type":"integer","format":"int32"}})");
  EXPECT_JSON(property("CreateCatInput", "owner"), R"({"$ref":"#/components/schemas/zoo.Owner"})");
  EXPECT_JSON(property("CreateCatInput", "born"), R"({"type":"string","format":"date-time"})");
  EXPECT_JSON(property("CreateCatInput", "chip"), R"({"type":"string","format":"uuid"})");
  EXPECT_JSON(property("CreateCatInput", "anything"), "{}");
  EXPECT_JSON(schema("Temper"), R"({"type":"string","enum":["calm","wild"]})");
}

TEST(Schemas, KeepNullAndAbsenceApart) {
  EXPECT_JSON(property("CreateCatInput", "nick"), R"({"type":["string","null"]})");
  EXPECT_JSON(property("CreateCat", "nick"), R"({"type":"string"})");  // left out when empty
  EXPECT_JSON(property("CreateCatInput", "sitter"),
              R"({"anyOf":[{"$ref":"#/components/schemas/zoo.Owner"},{"type":"null"}]})");
  EXPECT_JSON(property("CreateCatInput", "never_null"),
              R"({"type":"integer","format":"int32","exclusiveMinimum":0})");
  EXPECT_JSON(property("zoo.Owner", "email"),
              R"({"type":["string","null"],"format":"email","deprecated":true})");
}

TEST(Schemas, TellAlternativesApart) {
  EXPECT_JSON(
      property("CreateCatInput", "friend"),
      R"({"oneOf":[{"$ref":"#/components/schemas/Dog"},{"$ref":"#/components/schemas/FishInput"}]})");
  // Every integer is a number as well: a value may match both.
  EXPECT_JSON(
      property("CreateCatInput", "loose"),
      R"({"anyOf":[{"type":"integer","format":"int32"},{"type":"number","format":"double"}]})");
}

TEST(Schemas, SayWhatRulesSay) {
  EXPECT_JSON(property("CreateCatInput", "name"),
              R"({"type":"string","minLength":2,"maxLength":18,"pattern":"^[A-Z]",
                  "description":"As it is called.","examples":["Tom"]})");
  EXPECT_JSON(property("CreateCatInput", "age"),
              R"({"type":"integer","format":"int32","minimum":0,"maximum":30,"default":3})");
  EXPECT_JSON(property("CreateCatInput", "labels"),
              R"({"type":"array","items":{"type":"string","minLength":1,"enum":["a","b"]},
                  "maxItems":3,"uniqueItems":true})");
  EXPECT_JSON(property("CreateCatInput", "status"),
              R"({"type":"string","enum":["new","old"],"not":{"const":"x"}})");
  EXPECT_JSON(property("CreateCatInput", "defaulted"),
              R"({"type":["integer","null"],"format":"int32","multipleOf":7,"default":7})");
  EXPECT_JSON(property("CreateCatInput", "temper"),
              R"({"$ref":"#/components/schemas/Temper","default":"wild"})");
}

TEST(Schemas, LeaveOutWhatHoldsOnlySometimes) {
  EXPECT_JSON(property("CreateCatInput", "conditional"), R"({"type":"integer","format":"int32"})");
}

TEST(Schemas, DistinguishWhatIsReadAndWhatIsWritten) {
  const Value& in = schema("CreateCatInput");
  const Value& out = schema("CreateCat");
  EXPECT_EQ(in.find("properties")->find("server_side"), nullptr);
  EXPECT_NE(out.find("properties")->find("server_side"), nullptr);
  EXPECT_NE(in.find("properties")->find("secret"), nullptr);
  EXPECT_EQ(out.find("properties")->find("secret"), nullptr);
  EXPECT_EQ(in.find("properties")->find("inside"), nullptr);
  EXPECT_EQ(out.find("properties")->find("inside"), nullptr);
  const auto requires_member = [](const Value& of, std::string_view name) {
    const auto& list = of.at("required").as_array();
    return std::find(list.begin(), list.end(), Value{name}) != list.end();
  };
  EXPECT_FALSE(requires_member(in, "age"));  // has a default, but is always answered
  EXPECT_TRUE(requires_member(out, "age"));
  EXPECT_FALSE(requires_member(in, "defaulted"));
  EXPECT_TRUE(requires_member(in, "name"));
  EXPECT_FALSE(requires_member(out, "nick"));
  EXPECT_EQ(in.at("additionalProperties"), Value{false});
}

TEST(Schemas, OfOneNameDoNotOverwriteEachOther) {
  EXPECT_JSON(property("zoo.other.Owner", "id"), R"({"type":"integer","format":"int32"})");
  EXPECT_JSON(property("zoo.Owner", "name"), R"({"type":"string","minLength":1})");
  EXPECT_EQ(document().find("components")->find("schemas")->find("Owner"), nullptr);
}

TEST(Schemas, OfTypesThatContainThemselvesEnd) {
  EXPECT_JSON(property("Node", "children"),
              R"({"type":"array","items":{"$ref":"#/components/schemas/Node"}})");
  EXPECT_EQ(document().find("components")->find("schemas")->find("NodeInput"), nullptr)
      << "what is read and written alike is one component";
}

TEST(Schemas, OfPointersAreThoseOfTheirObjects) {
  EXPECT_JSON(operation("/cats/pointer", "get")
                  .at("responses", "200", "content", "application/json", "schema"),
              R"({"anyOf":[{"$ref":"#/components/schemas/zoo.Owner"},{"type":"null"}]})");
  EXPECT_JSON(property("PageDog", "items"), R"({"type":"array","items":
      {"anyOf":[{"$ref":"#/components/schemas/Dog"},{"type":"null"}]}})");
}

TEST(Schemas, OfReferencesToOneOfSeveralClassesSayWhich) {
  EXPECT_JSON(property("Sighting", "animal"), R"({"type":["object","null"],
      "description":"Dog or Fish, as `type` says; `id` alone where it was not asked for",
      "properties":{"type":{"type":"string"},"id":{"type":["integer","string"]}},
      "required":["type"]})");
}

TEST(Schemas, OfMappedTypes) {
  const Value& partial = schema("PartialCreateCat");
  EXPECT_EQ(partial.find("required"), nullptr);
  EXPECT_EQ(partial.at("properties", "age").find("default"), nullptr)
      << "what a patch leaves out stays as it was";
  const Value& pick = schema("PickCreateCatNameAge");
  EXPECT_EQ(pick.at("properties").as_object().size(), 2U);
  EXPECT_JSON(pick.at("required"), R"(["name","age"])");
}

TEST(Schemas, FollowTheOptionsOfTheirRoute) {
  const Value& patch = operation("/cats/{id}", "patch");
  const std::string name = patch.at("requestBody", "content", "application/json", "schema", "$ref")
                               .as_string()
                               .substr(std::string_view{"#/components/schemas/"}.size());
  EXPECT_JSON(property(name, "age"),
              R"({"type":["integer","null"],"format":"int32","minimum":0,"maximum":30})");
  const Value& put = operation("/cats/{id}", "put");
  const std::string loose = put.at("requestBody", "content", "application/json", "schema", "$ref")
                                .as_string()
                                .substr(std::string_view{"#/components/schemas/"}.size());
  EXPECT_NE(name, loose);
  EXPECT_EQ(schema(loose).find("additionalProperties"), nullptr);
  EXPECT_NE(put.at("responses").find("422"), nullptr);
}

TEST(Operations, HaveParametersOfEverySource) {
  EXPECT_JSON(operation("/cats", "get").at("parameters"), R"([
    {"name":"page","in":"query","required":false,"description":"From 1.",
     "schema":{"type":"integer","format":"int32","minimum":1,"default":1}},
    {"name":"tags","in":"query","required":false,"schema":{"type":"array","items":{"type":"string"}}},
    {"name":"temper","in":"query","required":false,"schema":{"$ref":"#/components/schemas/Temper"}}])");
  EXPECT_JSON(operation("/cats/text/{part}/{rest}", "get").at("parameters"), R"([
    {"name":"part","in":"path","required":true,"schema":{"type":"string"}},
    {"name":"rest","in":"path","required":true,"schema":{"type":"string"}},
    {"name":"q","in":"query","required":true,"schema":{"type":"string"}},
    {"name":"n","in":"query","required":false,"schema":{"type":"integer","format":"int32"}},
    {"name":"x-trace","in":"header","required":true,"schema":{"type":"string"}},
    {"name":"sid","in":"cookie","required":false,"schema":{"type":"string"}}])");
}

TEST(Operations, HaveOnePathForPlaceholdersOfAnyName) {
  EXPECT_EQ(document().at("paths").find("/cats/{key}"), nullptr);
  EXPECT_EQ(operation("/cats/{id}", "patch").at("parameters", 0, "name"), Value{"id"});
}

TEST(Operations, HaveUniqueNames) {
  EXPECT_EQ(operation("/cats", "get").at("operationId"), Value{"CatsController_find_all"});
  EXPECT_EQ(operation("/cats/names", "get").at("operationId"), Value{"catNames"});
  EXPECT_EQ(operation("/cats/text/{rest}", "get").at("operationId"), Value{"CatsController_text"});
  EXPECT_EQ(operation("/cats/text/{part}/{rest}", "get").at("operationId"),
            Value{"CatsController_text_2"});
  EXPECT_EQ(operation("/cats/any", "delete").at("operationId"),
            Value{"CatsController_anything_delete"});
}

TEST(Operations, HaveProseAndGroups) {
  EXPECT_EQ(operation("/cats", "get").at("summary"), Value{"All cats"});
  EXPECT_EQ(operation("/cats", "get").at("description"), Value{"Page by page."});
  EXPECT_EQ(operation("/cats/{id}", "delete").at("summary"), Value{"Remove"});
  EXPECT_EQ(operation("/cats/{id}", "get").at("deprecated"), Value{true});
  EXPECT_JSON(operation("/cats/names", "get").at("tags"), R"(["Lists","Cats"])");
  EXPECT_JSON(document().at("tags"),
              R"([{"name":"Cats","description":"All about cats"},{"name":"Lists"}])");
  EXPECT_EQ(document().at("paths").find("/cats/hidden"), nullptr);
}

TEST(Operations, HaveBodies) {
  const Value& body = operation("/cats", "post").at("requestBody");
  EXPECT_EQ(body.at("required"), Value{true});
  EXPECT_EQ(body.at("content").find("application/x-www-form-urlencoded"), nullptr)
      << "a form has no numbers";
  const Value& contact = operation("/cats/contact", "post").at("requestBody", "content");
  EXPECT_NE(contact.find("application/x-www-form-urlencoded"), nullptr);
  EXPECT_EQ(operation("/cats/{id}", "patch").at("requestBody", "required"), Value{false});
}

TEST(Operations, HaveFilesOfForms) {
  const Value& upload = operation("/cats/upload", "post");
  EXPECT_JSON(upload.at("requestBody"),
              R"({"required":true,"content":{"multipart/form-data":{"schema":{
      "type":"object","properties":{"photo":{"type":"string","format":"binary"},
      "extra":{"type":"string","format":"binary"}},"required":["photo"]}}}})");
  EXPECT_NE(upload.at("responses").find("413"), nullptr);
}

TEST(Operations, HaveBodiesOfBytes) {
  const Value& store = operation("/cats/store", "post");
  EXPECT_JSON(store.at("requestBody"),
              R"({"required":true,"content":{"application/octet-stream":{"schema":{
      "type":"string","format":"binary"}}}})");
  EXPECT_NE(store.at("responses").find("413"), nullptr);
  EXPECT_NE(store.at("responses").find("408"), nullptr);
}

TEST(Operations, HaveTheirAnswers) {
  EXPECT_NE(operation("/cats/{id}", "delete").at("responses").find("404"), nullptr);
  EXPECT_JSON(operation("/cats", "get").at("responses", "200"), R"(
    {"description":"OK","content":{"application/json":{"schema":{"$ref":"#/components/schemas/PageCreateCat"}}}})");
  EXPECT_JSON(
      operation("/cats/{id}", "delete").at("responses", "204"),
      R"({"description":"No Content","headers":{"X-Gone":{"schema":{"type":"string","const":"yes"}}}})");
  EXPECT_JSON(operation("/cats/{id}", "get").at("responses", "404"),
              R"({"description":"No such cat","content":{"application/json":{"schema":
                  {"$ref":"#/components/schemas/ErrorResponse"}}}})");
  EXPECT_JSON(operation("/cats", "post").at("responses", "202", "content"),
              R"({"application/json":{"schema":{"$ref":"#/components/schemas/zoo.Owner"}}})");
  EXPECT_NE(
      operation("/cats/text/{rest}", "get").at("responses", "200", "content").find("text/plain"),
      nullptr);
  EXPECT_NE(operation("/cats/bytes", "get")
                .at("responses", "200", "content")
                .find("application/octet-stream"),
            nullptr);
  EXPECT_JSON(operation("/cats/free", "get").at("responses", "200", "content"), R"({"*/*":{}})");
  for (const std::string_view status : {"400", "413", "415", "default"}) {
    EXPECT_NE(operation("/cats", "post").at("responses").find(status), nullptr) << status;
  }
  EXPECT_EQ(operation("/cats/stranger", "get").at("responses").find("400"), nullptr);
}

TEST(Operations, HaveTheSecurityOfTheirGuards) {
  const Value& guarded = operation("/cats", "post");
  EXPECT_JSON(guarded.at("security"), R"([{"bearer":[],"x-api-key":[]}])");
  EXPECT_NE(guarded.at("responses").find("401"), nullptr);
  EXPECT_NE(guarded.at("responses").find("403"), nullptr);
  const Value& plain = operation("/cats/text/{rest}", "get");
  EXPECT_EQ(plain.find("security"), nullptr);
  EXPECT_EQ(plain.at("responses").find("401"), nullptr);
  EXPECT_NE(plain.at("responses").find("403"), nullptr);
  EXPECT_JSON(document().at("components", "securitySchemes"), R"({
    "bearer":{"type":"http","scheme":"bearer","bearerFormat":"JWT"},
    "x-api-key":{"type":"apiKey","in":"header","name":"x-api-key"}})");
}

TEST(Operations, ErrorsAreDescribedOnce) {
  const Value& error = schema("ErrorResponse");
  EXPECT_JSON(error.at("required"), R"(["statusCode","message"])");
  EXPECT_EQ(error.at("properties", "message", "oneOf").as_array().size(), 3U);
  EXPECT_EQ(error.find("additionalProperties"), nullptr);
}

TEST(Yaml, QuotesWhatIsNotPlain) {
  Value value = Value::object();
  value.set("openapi", "3.1.0").set("yes", "no").set("a b", "x: y").set("empty", "");
  value.set("list", Value::array(1, "two", Value::array(), Value::array(3, 4),
                                 Value::object().set("k", nullptr).set("l", true)));
  value.set("$ref", "#/x").set("/cats/{id}", Value::object());
  EXPECT_EQ(roost::openapi::to_yaml(value),
            "openapi: \"3.1.0\"\n"
            "\"yes\": \"no\"\n"
            "a b: \"x: y\"\n"
            "empty: \"\"\n"
            "list:\n"
            "  - 1\n"
            "  - two\n"
            "  - []\n"
            "  - - 3\n"
            "    - 4\n"
            "  - k: null\n"
            "    l: true\n"
            "\"$ref\": \"#/x\"\n"
            "\"/cats/{id}\": {}\n");
}

TEST(RoutesTable, ShowsGuardsAndRules) {
  const std::string table = roost::openapi::routes_table(zoo_routes());
  EXPECT_NE(table.find("METHOD  PATH"), std::string::npos) << table;
  EXPECT_NE(table.find("UserGuard, KeyGuard"), std::string::npos) << table;
  EXPECT_NE(table.find("name: length(2, 20) max_length(18) matches(/^[A-Z]/)"), std::string::npos)
      << table;
  EXPECT_NE(table.find("ALL     /cats/any"), std::string::npos) << table;
  EXPECT_EQ(roost::openapi::routes_table({}), "(no routes)\n");
}

TEST(Document, CanBeEmpty) {
  const Value empty = roost::openapi::make_document({}, roost::OpenApiOptions());
  EXPECT_EQ(empty.at("openapi"), Value{"3.1.0"});
  EXPECT_JSON(empty.at("paths"), "{}");
  EXPECT_JSON(empty.at("servers"), R"([{"url":"/"}])");
}

}  // namespace
