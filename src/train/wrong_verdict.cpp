// SPDX-License-Identifier: Apache-2.0
#include "train/wrong_verdict.h"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

#include "train/csv_reader.h"

namespace kanaria::train {

std::vector<WrongVerdict> wrong_verdicts(const DataSet& data, const Evaluation& evaluation,
                                         uint32_t least_messages) {
  std::vector<WrongVerdict> wrong;
  for (const ConnectionOutcome& outcome : evaluation.connections) {
    const LabelledConnection& connection = data.connections[outcome.connection];
    const bool mining = connection.label == Label::kMining;
    const bool found = outcome.verdict == detect::Verdict::kMining;
    if (outcome.messages < least_messages || mining == found) continue;
    wrong.push_back({data.captures[connection.capture],
                     connection_name(connection.ends, connection.number), mining, connection.kind,
                     connection.source, connection.group, outcome.messages, outcome.evidence,
                     outcome.verdict});
  }
  std::ranges::stable_sort(wrong, [](const WrongVerdict& a, const WrongVerdict& b) {
    return std::tie(b.mining, a.kind) < std::tie(a.mining, b.kind);
  });
  return wrong;
}

std::string csv_of(std::span<const WrongVerdict> wrong) {
  std::string csv = "capture,connection,label,kind,source,group,messages,evidence,verdict\n";
  for (const WrongVerdict& one : wrong)
    csv += fmt::format("{},{},{},{},{},{},{},{:.6g},{}\n", csv_field(one.capture), one.connection,
                       one.mining ? "mining" : "benign", csv_field(one.kind), csv_field(one.source),
                       csv_field(one.group), one.messages, one.evidence, detect::name(one.verdict));
  return csv;
}

}  // namespace kanaria::train
