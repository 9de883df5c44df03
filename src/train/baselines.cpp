// SPDX-License-Identifier: Apache-2.0
#include "train/baselines.h"

#include <map>
#include <set>

#include "train/header_rules.h"

namespace kanaria::train {

Result<std::vector<BaselineResult>> baselines(const DataSet& data, const Evaluation& evaluation,
                                              uint32_t least_messages) {
  std::map<uint32_t, bool> judged;  // connection -> mining
  std::set<uint32_t> captures;
  for (const ConnectionOutcome& outcome : evaluation.connections) {
    if (outcome.messages < least_messages) continue;
    const LabelledConnection& connection = data.connections[outcome.connection];
    judged[outcome.connection] = connection.label == Label::kMining;
    captures.insert(connection.capture);
  }
  Confusion never, ttl, fixed;
  for (const auto& [connection, mining] : judged) never.add(mining, false);
  for (const uint32_t capture : captures) {
    const auto hits = header_rules(data, capture);
    if (!hits) return hits.error();
    for (const HeaderRuleHit& hit : *hits) {
      const auto found = judged.find(hit.connection);
      if (found == judged.end()) continue;
      ttl.add(found->second, hit.abnormal_ttl);
      fixed.add(found->second, hit.fixed_values);
    }
  }
  return std::vector<BaselineResult>{{"never mining", never},
                                     {std::string(name(HeaderRule::kAbnormalTtl)), ttl},
                                     {std::string(name(HeaderRule::kFixedValues)), fixed}};
}

}  // namespace kanaria::train
