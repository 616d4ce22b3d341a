// What a statement returned: rows of cells, read in place as typed views.
#pragma once

#include <roost/base/owned.hpp>
#include <roost/sql/value.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace roost::db {

/// The driver's side of a Result. Immutable once handed out, except that `value` may decode lazily
/// into memory of its own; so one thread at a time.
class ResultStorage {
 public:
  ResultStorage() = default;
  ResultStorage(const ResultStorage&) = delete;
  ResultStorage& operator=(const ResultStorage&) = delete;
  virtual ~ResultStorage() = default;

  [[nodiscard]] virtual std::size_t row_count() const = 0;
  [[nodiscard]] virtual std::size_t column_count() const = 0;
  [[nodiscard]] virtual std::uint64_t affected_rows() const = 0;
  [[nodiscard]] virtual std::string_view column_name(std::size_t column) const = 0;
  /// Row and column are in range. The view lives as long as this object.
  [[nodiscard]] virtual ValueView value(std::size_t row, std::size_t column) const = 0;
};

class Result;

/// One row of a Result; valid as long as the Result, also when that is moved.
class Row {
 public:
  Row(const ResultStorage& storage, std::size_t row) : storage_{&storage}, row_{row} {}

  [[nodiscard]] std::size_t size() const { return storage_->column_count(); }
  /// Unchecked: the caller knows the columns of its statement.
  [[nodiscard]] ValueView value(std::size_t column) const { return storage_->value(row_, column); }
  /// Throws UsageError, which lists the columns, when there is none of this number or name.
  [[nodiscard]] ValueView operator[](std::size_t column) const;
  [[nodiscard]] ValueView operator[](std::string_view column) const;

  /// The cell as a C++ value (std::int64_t, std::string, std::optional<Timestamp>, …); throws
  /// ConversionError, which names the column. Defined in codec.hpp.
  template <class T>
  [[nodiscard]] T get(std::size_t column) const;
  template <class T>
  [[nodiscard]] T get(std::string_view column) const;

  [[nodiscard]] const ResultStorage& storage() const { return *storage_; }
  [[nodiscard]] std::size_t index() const { return row_; }

 private:
  const ResultStorage* storage_;
  std::size_t row_;
};

/// Rows, columns and the number of affected rows. Movable; may be moved to another thread; the
/// views that it gives out live as long as it does.
class Result {
 public:
  /// No rows, no columns.
  Result() = default;
  explicit Result(Owned<const ResultStorage> storage) : storage_{std::move(storage)} {}

  [[nodiscard]] bool empty() const { return row_count() == 0; }
  [[nodiscard]] std::size_t row_count() const {
    return storage_ == nullptr ? 0 : storage_->row_count();
  }
  [[nodiscard]] std::size_t column_count() const {
    return storage_ == nullptr ? 0 : storage_->column_count();
  }
  /// Rows inserted, updated or deleted by the statement itself (not by triggers or cascades).
  [[nodiscard]] std::uint64_t affected_rows() const {
    return storage_ == nullptr ? 0 : storage_->affected_rows();
  }
  [[nodiscard]] std::string_view column_name(std::size_t column) const {
    return storage_->column_name(column);
  }
  /// Position of the first column of this name.
  [[nodiscard]] std::optional<std::size_t> find_column(std::string_view name) const;

  /// Unchecked: row < row_count(), column < column_count().
  [[nodiscard]] ValueView value(std::size_t row, std::size_t column) const {
    return storage_->value(row, column);
  }
  /// Unchecked: row < row_count().
  [[nodiscard]] Row operator[](std::size_t row) const { return Row{*storage_, row}; }

  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = Row;
    using difference_type = std::ptrdiff_t;
    using pointer = const Row*;
    using reference = Row;

    Iterator() = default;
    Iterator(const ResultStorage* storage, std::size_t row) : storage_{storage}, row_{row} {}
    Row operator*() const { return Row{*storage_, row_}; }
    Iterator& operator++() {
      ++row_;
      return *this;
    }
    Iterator operator++(int) {
      Iterator before = *this;
      ++row_;
      return before;
    }
    friend bool operator==(const Iterator& a, const Iterator& b) { return a.row_ == b.row_; }

   private:
    const ResultStorage* storage_ = nullptr;
    std::size_t row_ = 0;
  };
  [[nodiscard]] Iterator begin() const { return {storage_.get(), 0}; }
  [[nodiscard]] Iterator end() const { return {storage_.get(), row_count()}; }

  [[nodiscard]] const ResultStorage* storage() const { return storage_.get(); }

 private:
  Owned<const ResultStorage> storage_;
};

}  // namespace roost::db
