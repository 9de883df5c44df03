// SPDX-License-Identifier: Apache-2.0
#include "train/baselines.h"

#include <map>
#include <set>

#include "train/connection_rules.h"
#include "train/statistics_baseline.h"

namespace kanaria::train {
namespace {

using Judged = std::map<uint32_t, bool>;  // connection -> whether it mines

Judged judged(const DataSet& data, const Evaluation& evaluation, uint32_t least_messages) {
  Judged result;
  for (const ConnectionOutcome& outcome : evaluation.connections)
    if (outcome.messages >= least_messages)
      result[outcome.connection] = data.connections[outcome.connection].label == Label::kMining;
  return result;
}

struct RuleCounts {
  Confusion ttl, fixed, port, pushes;
};

Result<RuleCounts> rule_counts(const DataSet& data, const Judged& connections) {
  std::set<uint32_t> captures;
  for (const auto& [connection, mining] : connections)
    captures.insert(data.connections[connection].capture);
  RuleCounts counts;
  for (const uint32_t capture : captures) {
    const auto hits = connection_rules(data, capture);
    if (!hits) return hits.error();
    for (const RuleHits& hit : *hits) {
      const auto found = connections.find(hit.connection);
      if (found == connections.end()) continue;
      counts.ttl.add(found->second, hit.abnormal_ttl);
      counts.fixed.add(found->second, hit.fixed_values);
      counts.port.add(found->second, hit.pool_port);
      counts.pushes.add(found->second, hit.equal_pushes);
    }
  }
  return counts;
}

BaselineResult result_of(ConnectionRule rule, const Confusion& counts) {
  return {std::string(name(rule)), counts};
}

}  // namespace

Result<std::vector<BaselineResult>> baselines(const DataSet& data, const EvaluationPlan& plan,
                                              const Evaluation& evaluation, uint32_t least_messages,
                                              nn::Simd simd, const std::atomic<bool>& stop) {
  const Judged connections = judged(data, evaluation, least_messages);
  Confusion never;
  for (const auto& [connection, mining] : connections) never.add(mining, false);
  const auto rules = rule_counts(data, connections);
  if (!rules) return rules.error();
  std::vector<BaselineResult> results{{"never mining", never},
                                      result_of(ConnectionRule::kAbnormalTtl, rules->ttl),
                                      result_of(ConnectionRule::kFixedValues, rules->fixed),
                                      result_of(ConnectionRule::kPoolPort, rules->port),
                                      result_of(ConnectionRule::kEqualPushes, rules->pushes)};
  if (plan.model || connections.empty()) return results;
  const auto found = found_by_statistics(data, tested_folds(data, plan), plan.training, simd, stop);
  if (!found) return found.error();
  const auto& by_connection = *found;
  if (!by_connection) return results;
  BaselineResult statistics{"12 flow statistics", {}};
  for (const auto& [connection, mining] : connections)
    statistics.counts.add(mining, (*by_connection)[connection]);
  results.push_back(statistics);
  return results;
}

}  // namespace kanaria::train
