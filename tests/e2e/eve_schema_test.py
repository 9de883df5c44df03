#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""EVE output against Suricata's rules for it: the parts of etc/schema.json that concern alerts and flows, put down
here by hand (commit cda2a892), and the whole schema when KANARIA_EVE_SCHEMA names a copy of it."""

import json
import os
import re
import unittest

from captures import chat, miner, pcap
from kanaria_runs import KanariaRuns, main

# What the schema allows; it forbids all other keys in these three objects.
TOP = {
    "timestamp": str, "flow_id": int, "in_iface": str, "pcap_cnt": int, "event_type": str, "vlan": list,
    "src_ip": str, "src_port": int, "dest_ip": str, "dest_port": int, "proto": str, "ip_v": int, "pkt_src": str,
    "community_id": str, "alert": dict, "direction": str, "flow": dict, "pcap_filename": str,
}  # fmt: skip
ALERT = {
    "action": str, "category": str, "context": dict, "gid": int, "metadata": dict, "references": list, "rev": int,
    "rule": str, "severity": int, "signature": str, "signature_id": int, "source": dict, "target": dict, "xff": str,
}  # fmt: skip
FLOW = {
    "pkts_toserver": int, "pkts_toclient": int, "bytes_toserver": int, "bytes_toclient": int, "start": str, "end": str,
    "age": int, "state": str, "reason": str, "alerted": bool, "src_ip": str, "src_port": int, "dest_ip": str,
    "dest_port": int,
}  # fmt: skip
TIMESTAMP = re.compile(r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d+[+\-]\d+$")


class EveSchema(KanariaRuns):
    def events(self):
        packets = miner("10.0.0.1") + chat("10.0.0.2") + miner("10.0.0.3", seed=3)
        self.write('odd "name".pcap', pcap(packets))
        text = self.runs("detect", "-r", 'odd "name".pcap', "--all", "--format", "eve")
        return [json.loads(line) for line in text.splitlines()]

    def check_object(self, value, allowed):
        for key, member in value.items():
            self.assertIn(key, allowed)
            self.assertIs(type(member), allowed[key], key)

    def test_holds_alerts_and_flows(self):
        self.assertEqual({event["event_type"] for event in self.events()}, {"alert", "flow"})

    def test_has_no_key_or_type_the_schema_forbids(self):
        for event in self.events():
            self.check_object(event, TOP)
            self.check_object(event.get("alert", {}), ALERT)
            self.check_object(event["flow"], FLOW)
            for values in event.get("alert", {}).get("metadata", {}).values():
                self.assertTrue(values and all(isinstance(value, str) for value in values))

    def test_times_have_suricatas_form(self):
        for event in self.events():
            for time in (event["timestamp"], event["flow"]["start"], event["flow"].get("end", event["timestamp"])):
                self.assertRegex(time, TIMESTAMP)

    def test_records_of_one_connection_share_their_flow_id(self):
        tuples = {}
        for event in self.events():
            ends = tuple(event[key] for key in ("src_ip", "src_port", "dest_ip", "dest_port"))
            tuples.setdefault(ends, set()).add(event["flow_id"])
            self.assertLess(event["flow_id"], 2**51)
        self.assertEqual({len(ids) for ids in tuples.values()}, {1})
        self.assertEqual(len(set.union(*tuples.values())), len(tuples))

    def test_passes_suricatas_own_schema(self):
        path = os.environ.get("KANARIA_EVE_SCHEMA")
        if not path:
            raise unittest.SkipTest("KANARIA_EVE_SCHEMA names no copy of Suricata's etc/schema.json")
        try:
            import jsonschema
        except ImportError as missing:
            raise unittest.SkipTest("python3-jsonschema is not installed") from missing
        with open(path, encoding="utf-8") as file:
            validator = jsonschema.Draft7Validator(json.load(file))
        for event in self.events():
            self.assertEqual([error.message for error in validator.iter_errors(event)], [])


if __name__ == "__main__":
    main()
