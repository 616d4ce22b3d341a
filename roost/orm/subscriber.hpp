// Subscribers: objects that are told of every flush, and of every entity that it writes.
#pragma once

#include <roost/meta/describe.hpp>

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace roost::orm {

namespace detail {
class Session;
class UnitOfWork;
struct Record;
}  // namespace detail

enum class ChangeKind : std::uint8_t { insert, update, remove };

/// One entity that a flush writes. Valid during the call that gets it.
class EntityChange {
 public:
  EntityChange(detail::Record& record, ChangeKind kind, std::uint64_t columns)
      : record_{&record}, kind_{kind}, columns_{columns} {}

  /// A removal that only marks the row (soft_deleted_by) is a removal all the same.
  [[nodiscard]] ChangeKind kind() const { return kind_; }
  /// "Event"
  [[nodiscard]] std::string_view class_name() const;
  /// The entity if it is a T, or extends T; else null.
  template <class T>
  [[nodiscard]] T* as() const {
    return static_cast<T*>(entity_as(reflect::type_of<T>()));
  }
  /// The columns that an update writes.
  [[nodiscard]] std::vector<std::string_view> columns() const;

 private:
  [[nodiscard]] void* entity_as(const reflect::TypeDescriptor& type) const;

  detail::Record* record_;
  ChangeKind kind_;
  std::uint64_t columns_;
};

/// One flush. Valid during the call that gets it.
class FlushEvent {
 public:
  explicit FlushEvent(detail::Session& session) : session_{session} {}

  /// Everything that is written, once that is known: empty in before_flush.
  [[nodiscard]] const std::vector<EntityChange>& changes() const { return changes_; }
  /// In before_flush: a new entity that is inserted along.
  template <class T>
  T& create(T&& value) const {
    return *static_cast<T*>(create_entity(reflect::type_of<T>(), &value));
  }
  /// In before_flush: to be deleted along.
  template <class T>
  void remove(T& entity) const {
    remove_entity(&entity);
  }

 private:
  friend class detail::UnitOfWork;
  friend class detail::Session;

  void* create_entity(const reflect::TypeDescriptor& type, void* source) const;
  void remove_entity(const void* entity) const;

  detail::Session& session_;
  std::vector<EntityChange> changes_;
};

/// Derive from it, and subscribe to a DataSource (before it is used: all its managers tell the
/// subscriber, from every thread) or to one EntityManager. None of these functions may wait, or use
/// the manager that calls; what they throw before anything is sent stops the flush, and everything
/// keeps waiting.
class Subscriber {
 public:
  Subscriber() = default;
  Subscriber(const Subscriber&) = delete;
  Subscriber& operator=(const Subscriber&) = delete;
  virtual ~Subscriber() = default;

  /// At the start of every flush, also of one that finds nothing to write.
  virtual void before_flush(FlushEvent& event);
  /// Everything that will be written is known, nothing is sent yet.
  virtual void on_flush(const FlushEvent& event);
  /// The database has said yes (or there was nothing). In a transaction that is open it may still
  /// be rolled back.
  virtual void after_flush(const FlushEvent& event);
  /// Before an entity is written, after its own before_… function: what is changed in it here is
  /// written along.
  virtual void before_change(EntityChange& change);
  /// After it was written.
  virtual void after_change(const EntityChange& change);
};

}  // namespace roost::orm

namespace roost {
using orm::ChangeKind;
}  // namespace roost
