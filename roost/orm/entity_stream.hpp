// EntityStream<T>: entities in chunks, so that memory stays flat however many there are.
#pragma once

#include <roost/async/task.hpp>
#include <roost/base/owned.hpp>
#include <roost/meta/describe.hpp>
#include <roost/sql/driver.hpp>

#include <cstddef>
#include <utility>
#include <vector>

namespace roost::orm {

class DataSource;
class EntityMetadata;

namespace detail {

class Session;

/// Some entities, with what owns them.
struct RawChunk {
  RawChunk();
  RawChunk(RawChunk&& other) noexcept;
  RawChunk& operator=(RawChunk&& other) noexcept;
  ~RawChunk();

  Owned<Session> owner;
  std::vector<void*> entities;
};

/// The rows of one entity class.
struct RawStream {
  const DataSource* source = nullptr;
  const EntityMetadata* entity = nullptr;
  std::uint64_t columns = 0;  // one bit for each that is read
  db::RowStream rows;
};

Task<RawChunk> next_chunk(RawStream& stream);

}  // namespace detail

/// Entities that nobody manages: valid as long as the chunk. Empty after the last one.
template <class T>
class EntityChunk {
 public:
  EntityChunk() = default;
  explicit EntityChunk(detail::RawChunk raw) : raw_{std::move(raw)} {
    for (void* entity : raw_.entities) items_.push_back(static_cast<const T*>(entity));
  }

  [[nodiscard]] bool empty() const { return items_.empty(); }
  [[nodiscard]] std::size_t size() const { return items_.size(); }
  [[nodiscard]] const std::vector<const T*>& items() const { return items_; }
  [[nodiscard]] auto begin() const { return items_.begin(); }
  [[nodiscard]] auto end() const { return items_.end(); }

 private:
  detail::RawChunk raw_;
  std::vector<const T*> items_;
};

/// Made by EntityManager::stream. Holds a connection until its end or its destruction.
template <class T>
class EntityStream {
 public:
  explicit EntityStream(detail::RawStream raw) : raw_{std::move(raw)} {}

  Task<EntityChunk<T>> next() {
    detail::RawChunk chunk = co_await detail::next_chunk(raw_);
    co_return EntityChunk<T>{std::move(chunk)};
  }

 private:
  detail::RawStream raw_;
};

}  // namespace roost::orm
