// Reads on connections of their own: slow statements, streams, read-only transactions.
#pragma once

#include <roost/sql/driver.hpp>
#include <roost/sql/sqlite/detail/core.hpp>

#include <memory>
#include <span>
#include <vector>

namespace roost::db::sqlite::detail {

/// On a worker thread, with the caller's deadline; cancellation interrupts it.
[[nodiscard]] Task<Result> read_on_worker(std::shared_ptr<Core> core, const Statement& statement,
                                          std::span<const ValueView> parameters,
                                          ExecuteOptions options);
[[nodiscard]] Task<std::vector<Result>> read_batch_on_worker(std::shared_ptr<Core> core,
                                                             const Batch& batch,
                                                             ExecuteOptions options);
/// Steps on a worker thread, a chunk at a time, in one snapshot.
[[nodiscard]] Task<RowStream> open_read_stream(std::shared_ptr<Core> core,
                                               const Statement& statement,
                                               std::span<const ValueView> parameters,
                                               StreamOptions options);
/// A snapshot for several statements.
[[nodiscard]] Task<Owned<Transaction>> begin_reading(std::shared_ptr<Core> core,
                                                     TransactionOptions options);

}  // namespace roost::db::sqlite::detail
