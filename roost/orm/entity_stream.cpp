// Reading of streams: each chunk has a session of its own.
#include <roost/orm/detail/hydrator.hpp>
#include <roost/orm/detail/session.hpp>
#include <roost/orm/entity_stream.hpp>

namespace roost::orm::detail {

RawChunk::RawChunk() = default;
RawChunk::RawChunk(RawChunk&& other) noexcept = default;
RawChunk& RawChunk::operator=(RawChunk&& other) noexcept = default;
RawChunk::~RawChunk() = default;

Task<RawChunk> next_chunk(RawStream& stream) {
  const db::Result rows = co_await stream.rows.next();
  RawChunk chunk;
  if (rows.empty()) co_return chunk;
  chunk.owner = make_owned<Session>(*stream.source);
  Hydrator hydrator{*chunk.owner, *stream.entity, stream.columns, 0, true, false};
  chunk.entities.reserve(rows.row_count());
  for (std::size_t row = 0; row < rows.row_count(); ++row) {
    chunk.entities.push_back(hydrator.read(rows, row)->entity());
  }
  co_return chunk;
}

}  // namespace roost::orm::detail
