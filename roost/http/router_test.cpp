// The router: precedence, backtracking, methods, parameters, conflicts.
#include <roost/base/error.hpp>
#include <roost/http/router.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace roost::http {
namespace {

using Kind = RouteMatch::Kind;

// "pattern(value,value)" of the route found, "405 GET, HEAD", or "404".
std::string found(const Router& router, Method method, std::string_view path) {
  const RouteMatch match = router.match(method, path);
  if (match.kind == Kind::not_found) return "404";
  if (match.kind == Kind::method_not_allowed) return "405 " + match.allowed.to_string();
  std::string text = std::string(router.pattern(match.route)) + "(";
  for (std::size_t i = 0; i < match.value_count; ++i) {
    if (i > 0) text += ",";
    text += match.values[i].data() == nullptr ? "-" : std::string(match.values[i]);
  }
  return text + ")";
}

Router with(std::vector<std::string> patterns) {
  Router router;
  for (const std::string& pattern : patterns) router.add(Method::GET, pattern, "C");
  return router;
}

TEST(Router, LiteralsBeforeParametersBeforeWildcardsInAnyOrder) {
  std::vector<std::string> patterns{"/cats",       "/cats/latest", "/cats/:id",
                                    "/cats/*rest", "/cats/:a-:b",  "/*all"};
  std::sort(patterns.begin(), patterns.end());
  do {
    const Router router = with(patterns);
    EXPECT_EQ(found(router, Method::GET, "/cats"), "/cats()");
    EXPECT_EQ(found(router, Method::GET, "/cats/latest"), "/cats/latest()");
    EXPECT_EQ(found(router, Method::GET, "/cats/7"), "/cats/:id(7)");
    EXPECT_EQ(found(router, Method::GET, "/cats/1-2"), "/cats/:a-:b(1,2)");
    EXPECT_EQ(found(router, Method::GET, "/cats/7/x"), "/cats/*rest(7/x)");
    EXPECT_EQ(found(router, Method::GET, "/dogs"), "/*all(dogs)");
  } while (std::next_permutation(patterns.begin(), patterns.end()));
}

TEST(Router, GoesBackWhereABranchLeadsNowhere) {
  const Router router = with({"/a/b/c", "/a/:x/d", "/:p/b/e", "/a/*rest"});
  EXPECT_EQ(found(router, Method::GET, "/a/b/c"), "/a/b/c()");
  EXPECT_EQ(found(router, Method::GET, "/a/b/d"), "/a/:x/d(b)");
  EXPECT_EQ(found(router, Method::GET, "/a/b/e"), "/a/*rest(b/e)");
  EXPECT_EQ(found(router, Method::GET, "/z/b/e"), "/:p/b/e(z)");
  EXPECT_EQ(found(router, Method::GET, "/z/b/f"), "404");
}

TEST(Router, MethodsTakePartInTheChoice) {
  Router router;
  router.add(Method::GET, "/cats/latest", "latest");
  router.add(Method::POST, "/cats/:id", "post");
  router.add(Method::DELETE, "/cats/:id", "remove");
  router.add_any("/any", "any");
  router.add(Method::PUT, "/any", "put");
  EXPECT_EQ(found(router, Method::POST, "/cats/latest"), "/cats/:id(latest)");
  EXPECT_EQ(found(router, Method::PUT, "/cats/latest"), "405 GET, HEAD, POST, DELETE, OPTIONS");
  EXPECT_EQ(found(router, Method::GET, "/cats/7"), "405 POST, DELETE, OPTIONS");
  EXPECT_EQ(found(router, Method::OPTIONS, "/cats/7"), "405 POST, DELETE, OPTIONS");
  EXPECT_EQ(found(router, Method::other, "/any"), "/any()");
  EXPECT_EQ(found(router, Method::other, "/cats/7"), "405 POST, DELETE, OPTIONS");
  EXPECT_EQ(router.match(Method::PUT, "/any").route, 4U);
  EXPECT_EQ(router.match(Method::OPTIONS, "/any").route, 3U);
}

TEST(Router, HeadFallsBackToGet) {
  Router router;
  router.add(Method::GET, "/a", "get");
  router.add(Method::GET, "/b", "get");
  router.add(Method::HEAD, "/b", "head");
  router.add(Method::POST, "/c", "post");
  EXPECT_EQ(router.match(Method::HEAD, "/a").route, 0U);
  EXPECT_EQ(router.match(Method::HEAD, "/b").route, 2U);
  EXPECT_EQ(router.match(Method::HEAD, "/c").kind, Kind::method_not_allowed);
}

TEST(Router, IsStrict) {
  const Router router = with({"/", "/cats", "/cats/:id"});
  EXPECT_EQ(found(router, Method::GET, "/"), "/()");
  for (const char* path : {"", "//", "//cats", "/cats/", "/cats//1", "/CATS", "/cats/1/", "cats",
                           "/cat", "/catss", "*"}) {
    EXPECT_EQ(found(router, Method::GET, path), "404") << path;
  }
}

TEST(Router, SeveralParametersInASegment) {
  const Router router = with({"/range/:from-:to", "/f.:ext", "/v:major.:minor/x", "/:name.json"});
  EXPECT_EQ(found(router, Method::GET, "/range/1-2"), "/range/:from-:to(1,2)");
  EXPECT_EQ(found(router, Method::GET, "/range/1-2-3"), "/range/:from-:to(1,2-3)");
  EXPECT_EQ(found(router, Method::GET, "/range/1-"), "404");
  EXPECT_EQ(found(router, Method::GET, "/range/-2"), "404");
  EXPECT_EQ(found(router, Method::GET, "/range/12"), "404");
  EXPECT_EQ(found(router, Method::GET, "/f.txt"), "/f.:ext(txt)");
  EXPECT_EQ(found(router, Method::GET, "/f."), "404");
  EXPECT_EQ(found(router, Method::GET, "/v1.2/x"), "/v:major.:minor/x(1,2)");
  EXPECT_EQ(found(router, Method::GET, "/a.json.json"), "/:name.json(a.json)");
  EXPECT_EQ(found(router, Method::GET, "/.json"), "404");
}

TEST(Router, OptionalSegmentsAndWildcards) {
  const Router router = with({"/list{/:page}", "/o{/:x}/end/:y", "/files/*path"});
  EXPECT_EQ(found(router, Method::GET, "/list"), "/list{/:page}(-)");
  EXPECT_EQ(found(router, Method::GET, "/list/3"), "/list{/:page}(3)");
  EXPECT_EQ(found(router, Method::GET, "/o/end/1"), "/o{/:x}/end/:y(-,1)");
  EXPECT_EQ(found(router, Method::GET, "/o/0/end/1"), "/o{/:x}/end/:y(0,1)");
  EXPECT_EQ(found(router, Method::GET, "/files/a/b//c"), "/files/*path(a/b//c)");
  EXPECT_EQ(found(router, Method::GET, "/files/"), "404");
  EXPECT_EQ(found(router, Method::GET, "/files"), "404");
}

TEST(Router, SetsDecodedParametersOfARequest) {
  const Router router = with({"/a/:x/b{/:y}"});
  Request request;
  RouteMatch match;
  ASSERT_TRUE(request.assign_target("/a/%E2%82%AC%2F%25/b"));
  router.match(request, match);
  ASSERT_EQ(match.kind, Kind::found);
  EXPECT_EQ(request.path_parameter("x"), "€/%");
  EXPECT_EQ(request.path_parameter("y"), std::nullopt);
  EXPECT_EQ(request.path_parameters().size(), 1U);
}

TEST(Router, ReportsRoutesThatCannotBeReached) {
  Router router;
  router.add(Method::GET, "/cats/:id", "Cats::one");
  router.add(Method::GET, "/cats/:name", "Cats::by_name");
  router.add(Method::POST, "/cats/:id", "Cats::create");
  router.add(Method::GET, "/list", "Lists::all");
  router.add(Method::GET, "/list{/:page}", "Lists::page");
  router.add_any("/x", "X::a");
  router.add_any("/x", "X::b");
  ASSERT_EQ(router.conflicts().size(), 3U);
  EXPECT_EQ(router.conflicts()[0],
            "Duplicate route: GET /cats/:name of Cats::by_name can never be reached, because GET "
            "/cats/:id of Cats::one answers the same requests; remove or rename one.");
  EXPECT_NE(router.conflicts()[1].find("Lists::page"), std::string::npos);
  EXPECT_NE(router.conflicts()[2].find("ANY /x of X::b"), std::string::npos);
}

TEST(Router, RefusesMalformedPatterns) {
  for (const char* pattern :
       {"cats", "/:", "/*", "/a*b", "/*path/x", "/:a:b", "/:a/:a", "/{a", "/a}", "/a{b}", "/{:a}",
        "/:1/:2/:3/:4/:5/:6/:7/:8/:9/:10/:11/:12/:13/:14/:15/:16/:17"}) {
    Router router;
    EXPECT_THROW(router.add(Method::GET, pattern, "C"), Error) << pattern;
  }
}

TEST(Router, ManyLiteralsUnderOneNode) {
  Router router;
  for (int i = 0; i < 500; ++i) {
    router.add(Method::GET, "/r" + std::to_string(i), "C");
    router.add(Method::GET, "/r" + std::to_string(i) + "/x", "C");
    for (int j = 0; j <= i; j += 37) {
      ASSERT_EQ(router.match(Method::GET, "/r" + std::to_string(j)).route,
                static_cast<RouteIndex>(2 * j));
    }
  }
  EXPECT_EQ(found(router, Method::GET, "/r500"), "404");
  EXPECT_EQ(found(router, Method::GET, "/r499/x"), "/r499/x()");
}

TEST(Router, Dump) {
  Router router;
  router.add(Method::POST, "/cats", "Cats::create");
  router.add(Method::DELETE, "/cats/:id", "Cats::remove");
  router.add_any("/a", "A::any");
  EXPECT_EQ(router.dump(),
            "ANY     /a         A::any\n"
            "POST    /cats      Cats::create\n"
            "DELETE  /cats/:id  Cats::remove\n");
}

// A router must not take time that grows out of proportion on a path made to send it back and
// forth: the work is bounded by the number of routes.
TEST(Router, HostilePathsAreBounded) {
  Router router;
  std::string literal;
  std::string parameter;
  for (int i = 0; i < 12; ++i) {
    literal += "/a";
    parameter += "/:p" + std::to_string(i);
    router.add(Method::GET, literal + "/end", "C");
    router.add(Method::GET, parameter + "/end", "C");
  }
  std::string path;
  for (int i = 0; i < 4000; ++i) path += "/a";
  EXPECT_EQ(found(router, Method::GET, path), "404");
}

}  // namespace
}  // namespace roost::http
