// pgbouncer under a guardian.
#include <roost/base/error.hpp>
#include <roost/sql/postgres/testing/detail/guardian.hpp>
#include <roost/sql/postgres/testing/private_pgbouncer.hpp>

#include <libpq-fe.h>

#include <fstream>
#include <unistd.h>
#include <vector>

namespace roost::db::postgres {

namespace {

constexpr std::string_view script = R"sh(
while read -r command; do
  case $command in
    start)
      $drop pgbouncer -q pgbouncer.ini >>pgbouncer.log 2>&1 </dev/null &
      server=$!
      answer 0 ;;
    alive)
      kill -0 "$server" 2>/dev/null
      answer $? ;;
  esac
done
end_server TERM
cd / && rm -rf "$folder"
)sh";

}  // namespace

struct PrivatePgbouncer::Impl {
  std::string folder;
  int port = 0;
  std::unique_ptr<detail::Guardian> guardian;
};

PrivatePgbouncer::PrivatePgbouncer(int server_port, int pool_size)
    : impl_{std::make_unique<Impl>()} {
  if (::access("/usr/sbin/pgbouncer", X_OK) != 0) {
    throw Error("no pgbouncer found: install the Debian package pgbouncer");
  }
  impl_->folder = detail::make_folder();
  impl_->port = detail::free_port();
  std::ofstream{impl_->folder + "/pgbouncer.ini"}
      << "[databases]\n* = host=127.0.0.1 port=" << server_port << " user=postgres\n[pgbouncer]\n"
      << "listen_addr = 127.0.0.1\nlisten_port = " << impl_->port
      << "\nunix_socket_dir =\nauth_type = any\npool_mode = transaction\nmax_client_conn = 500\n"
      << "default_pool_size = " << pool_size << "\nlogfile = " << impl_->folder << "/log\n";
  impl_->guardian = std::make_unique<detail::Guardian>(
      std::string{detail::guardian_prelude} + "PATH=$PATH:/usr/sbin\n" + std::string{script},
      std::vector<std::string>{impl_->folder});
  static_cast<void>(impl_->guardian->command("start"));
  for (int i = 0; i < 500; ++i) {
    if (::PQping(url("postgres").c_str()) == PQPING_OK) return;
    if (!impl_->guardian->command("alive")) break;
    detail::pause_briefly();
  }
  throw Error("pgbouncer did not start:\n" + detail::read_file(impl_->folder + "/pgbouncer.log"));
}

PrivatePgbouncer::~PrivatePgbouncer() = default;

std::string PrivatePgbouncer::url(std::string_view database) const {
  return "postgres://postgres@127.0.0.1:" + std::to_string(impl_->port) + '/' +
         std::string{database};
}

}  // namespace roost::db::postgres
