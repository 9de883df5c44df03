// SPDX-License-Identifier: Apache-2.0
// One way of speaking as it was met at one place: what a group (a network, a laboratory) says in
// one kind, however often it was recorded (docs/evaluation.md, "What a row weighs in training").
#pragma once

#include <string_view>
#include <tuple>

#include "train/labelled_connection.h"

namespace kanaria::train {

using Unit = std::tuple<Label, std::string_view, std::string_view>;

// Valid as long as the connection is.
inline Unit unit_of(const LabelledConnection& connection) {
  return {connection.label, connection.group, connection.kind};
}

}  // namespace kanaria::train
