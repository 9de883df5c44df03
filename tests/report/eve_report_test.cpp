// SPDX-License-Identifier: Apache-2.0
#include "report/eve_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/report/sample_report.h"

namespace kanaria::report {
namespace {

using Json = nlohmann::ordered_json;
using testing::ElementsAre;

std::string eve(InputKind kind, const std::function<void(EveReport&)>& tell,
                Coverage coverage = Coverage::kEveryConnection) {
  CaughtOutput caught;
  EveReport report(caught.output(), coverage, kind);
  report.begin_input(kind == InputKind::kFile ? "dir/a \"b\".pcap" : "eth0");
  tell(report);
  report.finish({});
  return caught.text();
}

Json one_line(const std::string& text) {
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1);
  EXPECT_TRUE(text.ends_with("}\n"));
  return Json::parse(text);
}

Json alert(detect::Scope scope = detect::Scope::kConnection, InputKind kind = InputKind::kFile,
           const detect::ConnectionReport& connection = mining_connection()) {
  return one_line(eve(kind, [&](EveReport& report) { report.on_alert({scope, connection}); }));
}

Json flow_record(const detect::ConnectionReport& connection,
                 flow::EndReason reason = flow::EndReason::kInputEnd) {
  return one_line(eve(InputKind::kFile, [&](EveReport& report) {
    report.on_flow_end({reason, connection, detect::Standings()});
  }));
}

std::vector<std::string> keys(const Json& object) {
  std::vector<std::string> names;
  for (const auto& item : object.items()) names.push_back(item.key());
  return names;
}

TEST(EveAlert, HasSuricatasKeysInSuricatasOrder) {
  EXPECT_THAT(keys(alert()),
              ElementsAre("timestamp", "flow_id", "pcap_cnt", "event_type", "src_ip", "src_port",
                          "dest_ip", "dest_port", "proto", "ip_v", "pkt_src", "community_id",
                          "alert", "direction", "flow", "pcap_filename"));
  EXPECT_THAT(keys(alert()["alert"]),
              ElementsAre("action", "gid", "signature_id", "rev", "signature", "category",
                          "severity", "metadata", "context"));
  EXPECT_THAT(keys(alert()["flow"]),
              ElementsAre("pkts_toserver", "pkts_toclient", "bytes_toserver", "bytes_toclient",
                          "start", "src_ip", "dest_ip", "src_port", "dest_port"));
}

TEST(EveAlert, TellsWhenAndByWhichPacketItWasRaised) {
  const Json event = alert();
  EXPECT_EQ(event["timestamp"], "2026-11-23T09:01:00.123456+0000");
  EXPECT_EQ(event["pcap_cnt"], 99);
  EXPECT_EQ(event["pcap_filename"], "dir/a \"b\".pcap");
  EXPECT_EQ(event["flow"]["start"], "2026-11-23T09:00:00.123456+0000");
}

TEST(EveAlert, TellsTheEndsClientFirst) {
  const Json event = alert();
  for (const Json& object : {event, event["flow"]}) {
    EXPECT_EQ(object["src_ip"], "192.0.2.10");
    EXPECT_EQ(object["src_port"], 50000);
    EXPECT_EQ(object["dest_ip"], "203.0.113.5");
    EXPECT_EQ(object["dest_port"], 3333);
  }
  EXPECT_EQ(event["proto"], "TCP");
  EXPECT_EQ(event["ip_v"], 4);
  EXPECT_EQ(event["direction"], "to_server");
  EXPECT_EQ(event["community_id"], "1:oJcZG459BdPSgkBu3axSpvpW5RY=");
}

TEST(EveAlert, CarriesTheClassOfMiningAndItsTechnique) {
  const Json inner = alert()["alert"];
  EXPECT_EQ(inner["action"], "allowed");
  EXPECT_EQ(inner["category"], "Crypto Currency Mining Activity Detected");
  EXPECT_EQ(inner["severity"], 2);
  EXPECT_EQ(inner["signature"], "KANARIA Cryptocurrency mining, connection");
  EXPECT_THAT(inner["metadata"]["mitre_technique_id"], ElementsAre("T1496", "T1496.001"));
  for (const auto& value : inner["metadata"]) {
    ASSERT_TRUE(value.is_array());
    for (const auto& item : value) EXPECT_TRUE(item.is_string());
  }
}

TEST(EveAlert, CarriesTheReasonsUnderContextKanaria) {
  const Json inner = alert()["alert"]["context"];
  EXPECT_THAT(keys(inner), ElementsAre("kanaria"));
  EXPECT_THAT(keys(inner["kanaria"]),
              ElementsAre("scope", "verdict", "evidence", "threshold", "messages", "rows",
                          "alarming_rows", "authorised", "reason"));
  EXPECT_EQ(inner["kanaria"]["verdict"], "mining");
  EXPECT_EQ(inner["kanaria"]["evidence"], 0.75);
  EXPECT_EQ(inner["kanaria"]["authorised"], false);
  EXPECT_EQ(
      inner["kanaria"]["reason"],
      "15 of 20 looks resemble mining; 30 messages in 10 min; 11 pushes of the server, often 277 "
      "bytes; 14 messages of the client, often 118 bytes; 5 answers, after 0.040 s on average");
}

TEST(EveAlert, OfAuthorisedMiningCarriesTheNoteAndALowerSeverity) {
  const detect::Authorisation allowed = authorisation();
  detect::ConnectionReport rig = mining_connection();
  rig.authorisation = &allowed;
  const Json inner = alert(detect::Scope::kHost, InputKind::kFile, rig)["alert"];
  EXPECT_THAT(keys(inner["context"]["kanaria"]),
              ElementsAre("scope", "verdict", "evidence", "threshold", "messages", "rows",
                          "alarming_rows", "authorised", "note", "reason"));
  EXPECT_EQ(inner["context"]["kanaria"]["verdict"], "mining");
  EXPECT_EQ(inner["context"]["kanaria"]["authorised"], true);
  EXPECT_EQ(inner["context"]["kanaria"]["note"], "lab \"rig\"");
  EXPECT_EQ(inner["severity"], 3);
  EXPECT_THAT(inner["metadata"]["signature_severity"], ElementsAre("Informational"));
}

TEST(EveAlert, HasASignatureOfItsOwnForEachScope) {
  const auto scopes = {detect::Scope::kConnection, detect::Scope::kChannel, detect::Scope::kHost};
  int signature_id = 1000001;
  for (const auto scope : scopes) {
    const Json inner = alert(scope)["alert"];
    EXPECT_EQ(inner["signature_id"], signature_id++);
    EXPECT_EQ(inner["context"]["kanaria"]["scope"], std::string(name(scope)));
  }
}

TEST(EveAlert, OfALiveCaptureNamesTheInterfaceInsteadOfTheFile) {
  const Json event = alert(detect::Scope::kHost, InputKind::kInterface);
  EXPECT_EQ(event["in_iface"], "eth0");
  EXPECT_THAT(keys(event), testing::Not(testing::Contains("pcap_cnt")));
  EXPECT_THAT(keys(event), testing::Not(testing::Contains("pcap_filename")));
  EXPECT_EQ(keys(event)[2], "in_iface");
}

TEST(EveAlert, ListsVlanTagsOuterFirst) {
  detect::ConnectionReport connection = mining_connection();
  connection.vlan = {100, 7};
  connection.vlan_count = 1;
  EXPECT_THAT(alert(detect::Scope::kHost, InputKind::kFile, connection)["vlan"], ElementsAre(100));
  connection.vlan_count = 2;
  const Json event = alert(detect::Scope::kHost, InputKind::kFile, connection);
  EXPECT_THAT(event["vlan"], ElementsAre(100, 7));
  EXPECT_EQ(keys(event)[4], "vlan");
}

TEST(EveFlow, HasSuricatasKeysInSuricatasOrder) {
  const Json event = flow_record(clear_connection());
  EXPECT_THAT(keys(event), ElementsAre("timestamp", "flow_id", "event_type", "src_ip", "src_port",
                                       "dest_ip", "dest_port", "proto", "ip_v", "pkt_src",
                                       "community_id", "flow", "pcap_filename"));
  EXPECT_THAT(keys(event["flow"]),
              ElementsAre("pkts_toserver", "pkts_toclient", "bytes_toserver", "bytes_toclient",
                          "start", "end", "age", "state", "reason", "alerted"));
  EXPECT_EQ(event["event_type"], "flow");
  EXPECT_EQ(event["ip_v"], 6);
  EXPECT_EQ(event["src_ip"], "2001:db8::1");
  EXPECT_EQ(event["flow"]["age"], 600);
  EXPECT_EQ(event["flow"]["alerted"], false);
}

TEST(EveFlow, TellsStateAndReasonInSuricatasWords) {
  detect::ConnectionReport connection = mining_connection();
  EXPECT_EQ(flow_record(connection)["flow"]["state"], "established");
  EXPECT_EQ(flow_record(connection)["flow"]["alerted"], true);
  connection.established = false;
  EXPECT_EQ(flow_record(connection)["flow"]["state"], "new");
  connection.closed = true;
  EXPECT_EQ(flow_record(connection)["flow"]["state"], "closed");
  EXPECT_EQ(flow_record(connection)["flow"]["reason"], "shutdown");
  EXPECT_EQ(flow_record(connection, flow::EndReason::kTimeout)["flow"]["reason"], "timeout");
  EXPECT_EQ(flow_record(connection, flow::EndReason::kForced)["flow"]["reason"], "forced");
}

TEST(EveFlow, IsOnlyToldWhenEveryConnectionIsAskedFor) {
  const auto tell = [](EveReport& report) {
    report.on_flow_end({flow::EndReason::kTimeout, mining_connection(), detect::Standings()});
  };
  EXPECT_EQ(eve(InputKind::kFile, tell, Coverage::kAlarms), "");
}

TEST(EveFlowId, IsTheSameInEveryRecordOfAConnectionAndHas51Bits) {
  const auto id = flow_record(mining_connection())["flow_id"].get<uint64_t>();
  EXPECT_EQ(alert()["flow_id"], id);
  EXPECT_EQ(alert(detect::Scope::kHost)["flow_id"], id);
  EXPECT_LT(id, uint64_t{1} << 51);
}

TEST(EveFlowId, DiffersBetweenConnectionsOfOneTuple) {
  detect::ConnectionReport later = mining_connection();
  later.first_number += 1;
  EXPECT_NE(flow_record(later)["flow_id"], flow_record(mining_connection())["flow_id"]);
}

TEST(EveReport, StaysValidForTheLargestAndTheOldestValues) {
  detect::ConnectionReport c = mining_connection();
  c.packets = {UINT32_MAX, UINT32_MAX};
  c.frame_bytes = {UINT64_MAX / 2, 0};
  c.start = {-1};
  c.end = c.start;
  const Json event = flow_record(c);
  EXPECT_EQ(event["timestamp"], "1969-12-31T23:59:59.999999+0000");
  EXPECT_LT(event["flow_id"].get<uint64_t>(), uint64_t{1} << 51);
}

}  // namespace
}  // namespace kanaria::report
