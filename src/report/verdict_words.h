// SPDX-License-Identifier: Apache-2.0
// What an alarm or suspicion rests on and what speaks against it, in sentences for people.
#pragma once

#include <string>

#include "detect/history.h"
#include "detect/verdict.h"

namespace kanaria::report {

// When it alarmed, by which packet of which input, and by how much. Requires: it alarmed.
std::string alarm_sentence(const detect::ConnectionReport& report, const detect::History& history,
                           const std::string& input);
// How firmly the verdict stands, and what makes it less certain.
std::string certainty_sentences(const detect::ConnectionReport& report);
// The evidence at which the verdict would be another one.
std::string change_of_mind_sentence(const detect::ConnectionReport& report);

}  // namespace kanaria::report
