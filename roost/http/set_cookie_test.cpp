// Cookies that answers set: what goes out comes back, and nothing can be smuggled into them.
#include <roost/base/error.hpp>
#include <roost/http/request.hpp>
#include <roost/http/response.hpp>
#include <roost/http/set_cookie.hpp>

#include <gtest/gtest.h>

#include <string>

namespace roost {
namespace {

using std::chrono::seconds;

TEST(SetCookieTest, IsCarefulByDefault) {
  EXPECT_EQ(SetCookie("a", "b").to_string(), "a=b; Path=/; HttpOnly; SameSite=Lax");
  EXPECT_EQ(SetCookie("a", "b")
                .max_age(seconds{60})
                .path("/x")
                .domain("example.org")
                .http_only(false)
                .secure()
                .partitioned()
                .same_site(SameSite::none)
                .to_string(),
            "a=b; Max-Age=60; Domain=example.org; Path=/x; Secure; Partitioned; SameSite=None");
  EXPECT_EQ(SetCookie("a", "b").same_site(SameSite::strict).to_string(),
            "a=b; Path=/; HttpOnly; SameSite=Strict");
}

TEST(SetCookieTest, TakesACookieAway) {
  EXPECT_EQ(SetCookie::removal("a").to_string(),
            "a=; Max-Age=0; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; SameSite=Lax");
  EXPECT_NE(SetCookie::removal("__Host-a").to_string().find("; Secure"), std::string::npos);
}

std::string back(const std::string& value) {
  const std::string field = SetCookie("name", value).to_string();
  const std::string pair = field.substr(0, field.find(';'));
  http::Request request;
  request.add_header("Cookie", pair);
  return std::string(request.cookie("name").value_or("(none)"));
}

TEST(SetCookieTest, ValuesComeBackAsTheyWere) {
  std::string every;
  for (int c = 1; c < 0x80; ++c) every += static_cast<char>(c);
  for (const std::string& value :
       {std::string(), std::string("plain"), std::string("a b;c,d\"e\\f=g%h%41+"),
        std::string("Jürgen \xf0\x9f\x90\x88"), std::string("\r\nSet-Cookie: evil=1"),
        std::string("\"quoted\""), every, std::string("a\0b", 3)}) {
    EXPECT_EQ(back(value), value);
    http::Response response;
    response.add_header("Set-Cookie", SetCookie("name", value).to_string());  // never an injection
  }
}

TEST(SetCookieTest, RefusesWhatBrowsersWouldIgnoreOrAttackersWouldAdd) {
  for (const std::string& name : {std::string(), std::string("a b"), std::string("a;b"),
                                  std::string("a=b"), std::string("ä"), std::string("a\r\n")}) {
    EXPECT_THROW(SetCookie(name, "x"), Error) << name;
  }
  EXPECT_THROW(SetCookie("a", "x").path("/; Domain=evil"), Error);
  EXPECT_THROW(SetCookie("a", "x").domain("a\r\nb"), Error);
  EXPECT_THROW((void)SetCookie("a", "x").same_site(SameSite::none).to_string(), Error);
  EXPECT_THROW((void)SetCookie("a", "x").partitioned().to_string(), Error);
  EXPECT_THROW((void)SetCookie("__Secure-a", "x").to_string(), Error);
  EXPECT_THROW((void)SetCookie("__Host-a", "x").to_string(), Error);
  EXPECT_THROW((void)SetCookie("__Host-a", "x").secure().domain("a.b").to_string(), Error);
  EXPECT_THROW((void)SetCookie("__Host-a", "x").secure().path("/x").to_string(), Error);
  EXPECT_NO_THROW((void)SetCookie("__Host-a", "x").secure().to_string());
  EXPECT_THROW((void)SetCookie("a", std::string(4096, 'x')).to_string(), Error);
  EXPECT_NO_THROW((void)SetCookie("a", std::string(4000, 'x')).to_string());
}

TEST(CookieSignerTest, KnowsItsOwnSignatures) {
  const CookieSigner signer{"a secret of sixteen bytes"};
  for (const std::string& value :
       {std::string(), std::string("7"), std::string("a.b.c"), std::string("Jürgen"),
        std::string(2000, 'x'), std::string("a\0b", 3)}) {
    const std::string text = signer.sign("sid", value);
    EXPECT_EQ(signer.verify("sid", text), value);
    EXPECT_EQ(signer.verify("other", text), std::nullopt) << "of another cookie";
    for (std::size_t i = 0; i < text.size(); i += 1 + text.size() / 50) {
      std::string changed = text;
      changed[i] = static_cast<char>(changed[i] ^ 1);
      EXPECT_EQ(signer.verify("sid", changed), std::nullopt) << changed;
    }
    EXPECT_EQ(signer.verify("sid", text.substr(1)), std::nullopt);
    EXPECT_EQ(signer.verify("sid", text.substr(0, text.size() - 1)), std::nullopt);
    EXPECT_EQ(signer.verify("sid", text + "A"), std::nullopt);
  }
  for (const char* none : {"", ".", "value", "value."}) {
    EXPECT_EQ(signer.verify("sid", none), std::nullopt) << none;
  }
  // printf 'sid=7' | openssl dgst -sha256 -hmac 'a secret of sixteen bytes' -binary | base64
  EXPECT_EQ(signer.sign("sid", "7"), "7.clYPzbsQLhL0QNyJvbiN2CPtdR7yMDJwuXKgKGalVGY");
}

TEST(CookieSignerTest, AcceptsFormerSecretsOnly) {
  const CookieSigner before{"the former secret, long"};
  const CookieSigner after{"the secret from now on", {"the former secret, long"}};
  const CookieSigner stranger{"a secret of a stranger"};
  EXPECT_EQ(after.verify("a", before.sign("a", "1")), "1");
  EXPECT_EQ(before.verify("a", after.sign("a", "1")), std::nullopt);
  EXPECT_EQ(after.verify("a", stranger.sign("a", "1")), std::nullopt);
  EXPECT_THROW(CookieSigner{"short"}, Error);
  EXPECT_THROW((CookieSigner{"the secret from now on", {""}}), Error);
}

TEST(CookieSignerTest, ReadsRequests) {
  const CookieSigner signer{"a secret of sixteen bytes"};
  const std::string field = SetCookie("sid", signer.sign("sid", "ä;1")).to_string();
  http::Request request;
  const std::string pair = field.substr(0, field.find(';'));
  request.add_header("Cookie", pair);
  EXPECT_EQ(signer.read(request, "sid"), "ä;1");
  EXPECT_EQ(signer.read(request, "missing"), std::nullopt);
}

}  // namespace
}  // namespace roost
