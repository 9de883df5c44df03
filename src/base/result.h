// SPDX-License-Identifier: Apache-2.0
// Expected failures as values: a Result<T> holds a T or an Error with one sentence for the
// operator.
#pragma once

#include <cassert>
#include <string>
#include <utility>
#include <variant>

namespace kanaria {

// One sentence: what, where, what to do. No trailing full stop, no exclamation.
struct Error {
  std::string sentence;
};

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  explicit operator bool() const { return state_.index() == 0; }
  bool ok() const { return state_.index() == 0; }

  T& operator*() & {
    assert(ok() && "value taken from a failed Result");
    return *std::get_if<0>(&state_);
  }
  const T& operator*() const& {
    assert(ok() && "value taken from a failed Result");
    return *std::get_if<0>(&state_);
  }
  T&& operator*() && {
    assert(ok() && "value taken from a failed Result");
    return std::move(*std::get_if<0>(&state_));
  }
  T* operator->() { return &**this; }
  const T* operator->() const { return &**this; }

  const Error& error() const {
    assert(!ok() && "error taken from a successful Result");
    return *std::get_if<1>(&state_);
  }

 private:
  std::variant<T, Error> state_;
};

// A Result without a value.
struct Done {};
using Status = Result<Done>;

}  // namespace kanaria
