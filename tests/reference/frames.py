# SPDX-License-Identifier: Apache-2.0
"""Made-up captures, one for each thing docs/definitions.md decides about connections, segments,
messages and acknowledged unseen bytes. `captures()` gives name -> bytes of a pcap file.
"""

from scenario import capture

HANDSHAKE = """
    0    > S  0
    0.01 < SA 0 ack 1
    0.02 > A  1 ack 1
"""
WITH_BOTH_MSS = """
    0    > S  0       mss 1460
    0.01 < SA 0 ack 1 mss 1400
    0.02 > A  1 ack 1
"""

SEGMENTS = {
    "plain_dialogue": HANDSHAKE + """
        0.1 > PA 1:101   ack 1
        0.2 < A  1       ack 101
        0.3 < PA 1:301   ack 101
        0.4 > PA 101:201 ack 301
        0.5 < PA 301:381 ack 201
        0.6 > A  201     ack 381
        0.7 > FA 201     ack 381
        0.8 < FA 381     ack 202
        0.9 > A  202     ack 382
    """,
    "retransmission": HANDSHAKE + """
        0.1 > PA 1:101 ack 1
        0.4 > PA 1:101 ack 1
        0.9 > PA 1:101 ack 1
        1.0 < A 1 ack 101
    """,
    "partial_overlap_on_each_side_of_next": HANDSHAKE + """
        0.1 > PA 1:101   ack 1
        0.2 > PA 51:151  ack 1     # 50 new behind
        0.3 > PA 1:401   ack 1     # 250 new behind
        0.4 > PA 501:601 ack 1     # hole 401-501
        0.5 > PA 451:551 ack 1     # 50 new before
        0.6 > PA 351:701 ack 1     # 50 in the hole, 100 behind
    """,
    "reordering": HANDSHAKE + """
        0.1 > PA 101:201 ack 1
        0.2 > PA 1:101   ack 1
        0.3 > PA 401:501 ack 1
        0.4 > PA 301:401 ack 1
        0.5 > PA 201:301 ack 1
        0.6 > PA 1:501   ack 1
    """,
    "hole_split_in_its_middle": HANDSHAKE + """
        0.1 > PA 1001:1101 ack 1
        0.2 > PA 401:501   ack 1
        0.3 > PA 301:601   ack 1
        0.4 > PA 1:1001    ack 1
        0.5 > PA 1:1101    ack 1
    """,
    "more_than_eight_holes": HANDSHAKE
    + "".join(f"{0.1 + i / 100} > PA {101 + 200 * i}:{201 + 200 * i} ack 1\n" for i in range(12))
    + "".join(f"{0.5 + i / 100} > PA {1 + 200 * i}:{101 + 200 * i} ack 1\n" for i in range(12)),
    "ninth_hole_by_a_split": HANDSHAKE
    + "".join(f"{0.1 + i / 100} > PA {101 + 200 * i}:{201 + 200 * i} ack 1\n" for i in range(8))
    + """
        0.5 > PA 641:661 ack 1      # splits the fourth hole: the first one is forgotten
        0.6 > PA 1:101   ack 1
        0.7 > PA 201:301 ack 1
        0.8 > PA 601:701 ack 1
    """,
    "lowest_hole_split_when_all_are_taken": HANDSHAKE
    + "".join(f"{0.1 + i / 100} > PA {101 + 200 * i}:{201 + 200 * i} ack 1\n" for i in range(8))
    + """
        0.5 > PA 41:61  ack 1       # its left part is the lowest of nine
        0.6 > PA 1:41   ack 1
        0.7 > PA 61:101 ack 1
    """,
    "sequence_numbers_wrap": """
        isn 4294967200 4294967295
        0    > S  0
        0.01 < SA 0 ack 1
        0.02 > A  1 ack 1
        0.1 > PA 1:61    ack 1
        0.2 > PA 161:261 ack 1
        0.3 > PA 61:161  ack 1
        0.4 > PA 61:161  ack 1
        0.5 < PA 1:101   ack 261
        0.6 < PA 201:301 ack 261
        0.7 < PA 101:201 ack 261
        0.8 > A  260     ack 301
    """,
    "holes_a_turn_of_sequence_numbers_ago": HANDSHAKE + """
        0.1 > PA 1:101 ack 1
        0.2 > PA 2000000000:2000000100 ack 1
        0.3 > PA 4000000000:4000000100 ack 1
        0.4 > PA 4294967397:4294967497 ack 1    # the numbers of the first hole, 2^32 bytes later
        0.5 > PA 4294967397:4294967497 ack 1
        0.6 > PA 4000000100:4000000200 ack 1
    """,
    "keep_alives": HANDSHAKE + """
        0.1 > PA 1:101   ack 1
        0.2 < A  1       ack 101
        10  > A  100     ack 1      # without its byte
        10.1 < A 1       ack 101
        20  > A  100:101 ack 1      # with it
        20.1 < A 1       ack 101
        30  < A  0       ack 101
        30.1 > A 101     ack 1
        31  > PA 101:102 ack 1      # one new byte is no keep-alive
        32  > PA 100:102 ack 1      # two bytes are none
        33  > FA 101     ack 1      # nor is a FIN
    """,
    "keep_alive_as_first_packet_of_a_direction": """
        0 > A 0:1 ack 1
        1 < A 1   ack 1
        2 > A 0:1 ack 1
        3 > PA 1:11 ack 1
    """,
    "begins_without_syn": """
        0   < PA 1001:1101 ack 501
        0.1 > PA 501:601   ack 1101
        0.2 < PA 1101:1201 ack 601
        0.3 < PA 901:1001  ack 601  # before all that was seen
    """,
    "half_open": """
        0   > S 0
        1   > S 0
        3   > S 0
        7   < SA 0 ack 1
    """,
    "one_side_only": """
        0    > S  0
        0.02 > A  1 ack 1
        0.1  > PA 1:101   ack 1
        0.5  > PA 101:201 ack 301
        0.9  > FA 201     ack 601
    """,
    "payload_on_syn_fin_and_rst": """
        0    > S   0:11                # fast open
        0.01 < SA  0:21   ack 11
        0.02 > A   11     ack 21
        0.1  > PA  11:111 ack 21
        0.2  > FPA 111:131 ack 21
        0.3  < A   21     ack 132
        0.4  > FPA 111:131 ack 21
        0.5  < RA  21:41  ack 132
    """,
    "fin_beyond_a_hole": HANDSHAKE + """
        0.1 > PA 1:101   ack 1
        0.2 > FA 301     ack 1
        0.3 > PA 101:301 ack 1
        0.4 > PA 101:302 ack 1
    """,
    "pure_ack_ahead_of_next": HANDSHAKE + """
        0.1 > PA 1:101   ack 1
        0.2 > A  301     ack 1
        0.3 > A  300     ack 1        # no keep-alive: `next` did not move
        0.5 > PA 101:301 ack 1
    """,
    "rst_far_from_next": HANDSHAKE + """
        0.1 > PA 1:101 ack 1
        0.2 > R  90001
        0.3 > PA 101:201 ack 1
    """,
    "flags_of_no_use": HANDSHAKE + """
        0.1 > .   1
        0.2 > U   1 ack 1
        0.3 > .   1:11
        0.4 > FSRPAUECN 11:21 ack 1
        0.5 > ECN 11 ack 1
        0.6 > AECN 11 ack 1
    """,
}

CONNECTIONS = {
    "tuple_reused_after_fin": HANDSHAKE + """
        0.1 > PA 1:101 ack 1
        0.2 > FA 101   ack 1
        0.3 < FA 1     ack 102
        0.4 > A  102   ack 2
        1   > S  900000
        1.1 < SA 900000 ack 900001
        1.2 > A  900001 ack 900001
        1.3 > PA 900001:900101 ack 900001
    """,
    "tuple_reused_after_one_fin": HANDSHAKE + """
        0.1 < FA 1 ack 1
        0.2 > S  900000
        0.3 < SA 900000 ack 900001
    """,
    "tuple_reused_after_rst": HANDSHAKE + """
        0.1 > R  1
        0.2 > S  900000
        0.3 < RA 0 ack 900001
        0.4 > S  1900000
        0.5 < RA 0 ack 1900001
        0.6 > S  1900000              # same ISN: a retransmission
        0.7 < RA 0 ack 1900001
        20  > S  1900000              # still the same ISN, and late
        21  > S  2900000
    """,
    "tuple_reused_after_silence": HANDSHAKE + """
        0.1    > PA 1:101 ack 1
        60.099 > S 900000             # not silent for 60 s
        130.2  > S 1900000
        130.3  < SA 900000 ack 1900001
    """,
    "silent_exactly_60_s": HANDSHAKE + """
        60.02 > S 900000
        60.03 < SA 900000 ack 900001
    """,
    "early_syn_confirmed_by_syn_ack": HANDSHAKE + """
        0.1 > PA 1:101 ack 1
        0.2 > S  900000 mss 1000
        0.3 > S  900000 mss 1000      # again
        0.4 < SA 700000 ack 900001 mss 900
        0.5 > A  900001 ack 700001
        0.6 > PA 900001:900101 ack 700001
        0.7 > S  900000               # its ISN is the new connection's
    """,
    "early_syn_with_payload": HANDSHAKE + """
        0.1 > PA 1:101 ack 1
        0.2 > S  900000:900100
        0.3 > PA 101:201 ack 1
        0.4 > S  -900000:-899900
        0.5 > PA 201:301 ack 1
    """,
    "early_syn_of_a_side_not_seen_before": """
        0   > PA 101:201 ack 301
        0.1 < S  900000
        0.2 < PA 301:401 ack 201
        0.3 < PA 900001:900101 ack 201
        0.4 > SA 700000 ack 900001
    """,
    "early_syn_never_confirmed": HANDSHAKE + """
        0.1 > PA 1:101   ack 1
        0.2 > S  900000
        0.3 < A  1       ack 101
        0.4 > PA 101:201 ack 1
        0.5 < SA 700000  ack 800001   # of another SYN
        0.6 < SA 0       ack 1        # of the first one
        0.7 < PA 1:51    ack 201
    """,
    "early_syn_of_each_side": HANDSHAKE + """
        0.1 > PA 1:101 ack 1
        0.2 < S  900000
        0.3 > S  800000
        0.4 > SA 600000 ack 900001    # the server's was pending: roles are turned
        0.5 < PA 900001:900101 ack 600001
    """,
    "syn_into_a_connection_without_one": """
        0   > PA 101:201 ack 301
        0.1 < PA 301:401 ack 201
        0.2 > S  0
        0.3 > S  0
        0.4 < SA 0 ack 1
        0.5 > PA 1:11 ack 1
    """,
    "syn_ack_into_a_connection_without_one": """
        0   > PA 101:201 ack 301
        0.1 < SA 300 ack 101
        0.2 > S  100                  # known from the SYN+ACK
        0.3 < PA 301:401 ack 201
    """,
    "syn_ack_with_a_third_isn": HANDSHAKE + """
        0.1 < SA 900000 ack 1
        0.2 < SA 900000 ack 1
        0.3 > FA 1 ack 1
        0.4 < SA 900000 ack 1
        0.5 < PA 1:11 ack 2
    """,
    "syn_ack_first": """
        0    < SA 0 ack 1
        0.01 > S  0
        0.02 > A  1 ack 1
        0.1  > PA 1:101 ack 1
    """,
    "late_packets_on_a_closed_tuple": HANDSHAKE + """
        0.1   > FA 1 ack 1
        0.2   < FA 1 ack 2
        0.3   > A  2 ack 2
        1     < PA 2:12  ack 2        # late, within 10 s
        10.2  > PA 2:12  ack 2        # exactly 10 s
        10.201 > A 12    ack 2        # stray
        10.3  < FA 1     ack 2        # stray
        10.4  < R  2                  # stray
        11    > PA 12:22 ack 2        # begins another connection
        11.1  < A  12    ack 22
    """,
    "stray_packets_keep_nothing_alive": HANDSHAKE + """
        0.1 > R 1
        20  > A 1 ack 1
        60.1 > A 1 ack 1              # exactly 60 s after the RST
        60.2 > A 1 ack 1              # more
    """,
    "idle_for_15_minutes": HANDSHAKE + """
        0.1   > PA 1:101 ack 1
        900.1 > PA 101:201 ack 1      # exactly 15 min
        1800.2 > PA 201:301 ack 1     # more
        3000  < A 1 ack 301
        4000  < S 0
    """,
    "equal_ports": """
        ports 5000 5000
        0   < PA 1:11 ack 1
        0.1 > PA 1:11 ack 11
    """,
    "higher_port_is_the_client": """
        ports 80 5000
        0   > PA 1:11 ack 1
        0.1 < PA 1:11 ack 11
    """,
    "syn_outweighs_ports": """
        ports 80 5000
        0   > S  0
        0.1 < SA 0 ack 1
        0.2 > PA 1:11 ack 1
    """,
    "tuples_side_by_side": """
        0    >1 S  0
        0.01 >2 S  0
        0.02 <1 SA 0 ack 1
        0.03 <2 SA 0 ack 1
        0.04 >1 PA 1:101 ack 1
        0.05 >2 PA 1:101 ack 1
        0.06 <2 PA 1:301 ack 101
        0.07 <1 PA 1:301 ack 101
    """,
    "clock_goes_backwards": HANDSHAKE + """
        1000 > PA 1:101   ack 1
        5    > PA 101:201 ack 1
        70   > S 900000               # the newest packet is of 1000 s
        950  > PA 201:301 ack 1
        1059 > S 900000
        1119 > S 1900000
    """,
    "clock_goes_backwards_over_a_close": HANDSHAKE + """
        100  > R 1
        5    < PA 1:11 ack 1
        111  < PA 11:21 ack 1
    """,
    "ipv6": """
        ipv6
        0    > S  0       mss 1440 ttl 57
        0.01 < SA 0 ack 1 mss 1220
        0.02 > A  1 ack 1
        0.1  > PA 1:101 ack 1
        0.2  < PA 1:1221 ack 101
        0.3  < PA 1221:1300 ack 101
    """,
    "a_host_with_itself": "one_host" + HANDSHAKE + """
        0.1 > PA 1:101 ack 1
        0.2 < PA 1:51  ack 101
        0.3 > A  101   ack 151
    """,
    "an_end_with_itself": """
        one_host
        ports 80 80
        0   > S  0
        0.1 > SA 0 ack 1
        0.2 > PA 1:101 ack 1
        0.3 < PA 1:51  ack 1000
        0.4 > A  101   ack 9000
    """,
    "first_fragments": HANDSHAKE + """
        0.1 > A  1:101   ack 1 mf id 7
        0.2 < A  1       ack 1001
        0.3 > A  1001:1101 ack 1 df0 id 8
    """,
}

MESSAGES = {
    "full_segments_join": WITH_BOTH_MSS + """
        0.1 > A  1:1401    ack 1
        0.2 > A  1401:2801 ack 1
        0.3 > PA 2801:2901 ack 1
        0.4 > PA 2901:3001 ack 1      # not full before it: another message
        0.5 < PA 1:1389    ack 3001   # 12 less than M: full
        0.6 < PA 1389:2776 ack 3001   # 13 less: not
        0.7 < PA 2776:2800 ack 3001
    """,
    "the_other_side_ends_a_message": WITH_BOTH_MSS + """
        0.1 > A  1:1401    ack 1
        0.2 < A  1         ack 1401   # a pure ACK does not
        0.3 > A  1401:2801 ack 1
        0.4 < PA 1:2       ack 2801
        0.5 > A  2801:4201 ack 2
    """,
    "pauses": WITH_BOTH_MSS + """
        1           > A 1:1401    ack 1
        2           > A 1401:2801 ack 1   # exactly 1 s
        3.000000001 > A 2801:4201 ack 1   # a nanosecond more
        3.5         > A 2801:4201 ack 1   # a retransmission changes nothing
        4.000000001 > A 4201:5601 ack 1
        2.5         > A 5601:7001 ack 1   # the clock goes back
        3.6         > A 7001:7101 ack 1
    """,
    "offloaded_super_segments": WITH_BOTH_MSS + """
        0.1 > A  1:7001      ack 1    # 5 M
        0.2 > A  7001:14188  ack 1    # 5 M + 187
        0.3 > A  14188:21176 ack 1    # 5 M - 12
        0.4 > PA 21176:21276 ack 1
        0.5 < A  1:60001 ack 21276 iplen0
    """,
    "one_mss_only": """
        0    > S  0       mss 1200
        0.01 < SA 0 ack 1
        0.1  > A  1:1201  ack 1
        0.2  > A  1201:1300 ack 1
        0.3  < A  1:1201  ack 1300
        0.4  < A  1201:1300 ack 1300
    """,
    "no_mss": HANDSHAKE + """
        0.1 > A  1:301     ack 1      # below 488
        0.2 > A  301:801   ack 1      # 500
        0.3 > A  801:1801  ack 1      # the largest so far
        0.4 > A  1801:2301 ack 1      # no longer full
        0.5 > A  2301:3289 ack 1      # 12 less than the largest
        0.6 < A  1:501     ack 3289   # the other direction has its own
        0.7 < A  501:601   ack 3289
    """,
    "no_mss_and_12_less_than_the_least": HANDSHAKE + """
        0.1 > A  1:489     ack 1      # 488
        0.2 > A  489:976   ack 1      # 487
        0.3 > A  976:1000  ack 1
    """,
    "mss_lies_0": """
        0    > S  0       mss 0
        0.01 < SA 0 ack 1 mss 1460
        0.1  > A  1:65    ack 1       # 64
        0.2  > A  65:117  ack 1       # 52
        0.3  > A  117:168 ack 1       # 51
        0.4  > A  168:200 ack 1
    """,
    "mss_lies_63": """
        0    > S  0       mss 63
        0.1  > A  1:65    ack 1       # 64
        0.2  > A  65:117  ack 1       # 52
        0.3  > A  117:168 ack 1       # 51
        0.4  > A  168:200 ack 1
    """,
    "mss_on_an_ordinary_packet_does_not_count": HANDSHAKE + """
        0.1 > A 1:97    ack 1 mss 100
        0.2 > A 97:197  ack 1
    """,
    "two_mss_of_one_side": """
        0    > S  0       mss 1000
        0.01 > S  0       mss 900
        0.02 > S  0       mss 1100
        0.1  > A  1:901   ack 1
        0.2  > A  901:1901 ack 1
        0.3  > A  1901:3001 ack 1
    """,
    "timestamps_leave_less_room": """
        0    > S  0       mss 1460 ts
        0.01 < SA 0 ack 1 mss 1460 ts
        0.1  > A  1:1449    ack 1 ts  # 1448
        0.2  > A  1449:2885 ack 1 ts  # 1436
        0.3  > A  2885:4320 ack 1 ts  # 1435
        0.4  > A  4320:5768 ack 1 ts
        0.5  > A  5768:7196 ack 1 nops 32   # 1428
    """,
    "options_cut": """
        0    > S  0       mss 1000 ts cut 24    # the MSS option is there
        0.01 < SA 0 ack 1 ts mss 900 cut 34     # it is not
        0.02 > A  1 ack 1
        0.1  > A  1:1001    ack 1
        0.2  > A  1001:1901 ack 1
        0.3  > A  1901:2901 ack 1 ts cut 22
        0.4  > A  2901:3001 ack 1
    """,
    "options_without_mss_leave_the_room": HANDSHAKE + """
        0.1 > A 1:601     ack 1 ts
        0.2 > A 601:1201  ack 1
        0.3 > A 1201:1789 ack 1 ts
    """,
    "overlap_counts_its_whole_payload_as_full": WITH_BOTH_MSS + """
        0.1 > A 1:1401    ack 1
        0.2 > A 701:2101  ack 1       # 700 new of 1400
        0.3 > A 2101:2201 ack 1
    """,
    "larger_retransmission_without_mss": HANDSHAKE + """
        0.1 > A 1:601     ack 1
        0.2 > A 601:1201  ack 1
        0.3 > A 1:1201    ack 1       # a retransmission is no segment
        0.4 > A 1201:1801 ack 1
        0.5 > A 1801:1901 ack 1
    """,
}

ACKED_UNSEEN = {
    "acked_but_unseen": HANDSHAKE + """
        0.1 < A 1 ack 1001            # the client's bytes were missed
        0.2 < A 1 ack 2001
        0.3 > PA 2001:2101 ack 1
        0.4 < A 1 ack 2101
        0.5 < A 1 ack 2501
        0.6 < A 1 ack 2501
        0.7 > A 2101 ack 1
        0.8 < A 1 ack 2501
        0.9 > A 2501 ack 1
        1.0 < A 1 ack 2501
        1.1 < A 1 ack 2601
    """,
    "acked_in_a_hole": HANDSHAKE + """
        0.1 > PA 101:201 ack 1
        0.2 < A  1       ack 201
        0.3 > PA 301:401 ack 1
        0.4 > PA 501:601 ack 1
        0.5 < A  1       ack 401
        0.6 < A  1       ack 601
        0.7 > PA 201:301 ack 1
        0.8 < A  1       ack 701
    """,
    "acked_twice_while_the_sender_repeats_itself": HANDSHAKE + """
        0.10 < A 1 ack 101
        0.11 < A 1 ack 101
        0.12 > A 1 ack 1              # a duplicate ACK
        0.13 < A 1 ack 101
        0.14 > A 1 ack 1 win 600      # a window update is none
        0.15 < A 1 ack 101
        0.16 > A 1 ack 1 win 600 sack 1 2
        0.17 < A 1 ack 101
        0.18 > A 1 ack 1 win 700 sack 1 2
        0.19 < A 1 ack 101
        0.20 > A 1 ack 2
        0.21 < A 1 ack 101
        0.22 < A 1 ack 101
    """,
    "window_updates_with_sack": HANDSHAKE + """
        0.1 > A 1 ack 1 win 700 sack 1 2
        0.2 < A 1 ack 101
        0.3 > A 1 ack 1 win 800 sack 1 2
        0.4 < A 1 ack 101
    """,
    "many_duplicate_acks": HANDSHAKE
    + "".join(f"{0.1 + i / 1000} > A 1 ack 1\n" for i in range(300))
    + "+0.001 > A 1 ack 1\n+0.001 < A 1 ack 101\n" * 3,
    "two_hundred_and_fifty_six_duplicate_acks": HANDSHAKE
    + "".join(f"{0.1 + i / 1000} > A 1 ack 1\n" for i in range(256))
    + "0.5 < A 1 ack 101\n",
    "keep_alive_answered": HANDSHAKE + """
        0.1 > PA 1:101 ack 1
        0.2 < A  1     ack 101
        5   < A  0     ack 101
        5.1 > A  101   ack 1
        6   < A  0     ack 201
        6.1 > A  101   ack 1
        6.2 < A  1     ack 201
        6.3 > A  101   ack 1
        6.4 < A  1     ack 201
    """,
    "zero_window_probes": HANDSHAKE + """
        0.1 > PA 1:101   ack 1
        0.2 < A  1       ack 101 win 0
        1   > A  101:102 ack 1
        1.1 < A  1       ack 101 win 0
        2   > A  101:102 ack 1
        2.1 < A  1       ack 102 win 0    # took its byte
        3   > A  102:103 ack 1
        3.1 < A  1       ack 103 win 500  # and opens the window
        3.2 > PA 103:203 ack 1
        3.3 < A  1       ack 203
        4   < A  1       ack 203 win 0
        5   > A  203:204 ack 1
        5.1 < A  1       ack 205 win 500
        5.2 > PA 205:305 ack 1
        5.3 < A  1       ack 305
    """,
    "one_byte_before_the_other_side_spoke": """
        0   > A  1   ack 1
        0.1 > PA 1:2 ack 1
        0.2 < A  1   ack 2
    """,
    "repeated_but_no_duplicate_acks": HANDSHAKE + """
        0.10 > PA 1:101 ack 1
        0.11 > A  51    ack 1         # not at `next`
        0.12 < A  1     ack 301
        0.20 > A  101   ack 2 win 0
        0.21 > A  101   ack 2 win 0   # the window is closed
        0.22 < A  1     ack 301
        0.30 > A  101   ack 3 win 0
        0.31 > A  101   ack 3 win 9   # another window
        0.32 < A  1     ack 301
        0.40 > A  101   ack 4 win 9
        0.41 > FA 101   ack 4 win 9   # not plain
        0.42 < A  1     ack 301
    """,
    "zero_window_probes_at_once": """
        0   > PA 1:101   ack 1
        0.1 < A  1       ack 101 win 0
        1   > A  101:102 ack 1
        1.1 < PA 1:11    ack 102
        1.2 > PA 102:202 ack 11
        1.3 < A  11      ack 202
    """,
    "syn_again_rewinds": """
        0    > S  0
        0.1  > R  50001
        0.2  > S  0
        0.3  < SA 0 ack 1
        0.4  > A  1 ack 1
        0.5  > PA 1:11 ack 1
        0.6  < A  1 ack 11
        0.7  > S  0
        0.8  < A  1 ack 111
        0.9  > PA 11:21 ack 1
        1.0  < A  1 ack 111
    """,
    "streams_begin_with_a_syn_of_another_isn": HANDSHAKE + """
        0.1 > S 900000
        0.2 < A 1 ack 1001
        0.3 < SA 500000 ack 900001
        0.4 < A 500001 ack 900101
        0.5 < S 900000
        0.6 > A 900001 ack 900101
        0.7 < S 0
        0.8 > S 900000
    """,
    "syn_of_a_side_known_by_ack_only": """
        0   > A 1 ack 1
        0.1 < S 0                     # base known: ack - 1
        0.2 > A 1 ack 101
        0.3 < S 100
        0.4 > A 1 ack 201
    """,
    "syn_of_another_isn_than_the_acknowledged_one": """
        0   > A 1 ack 1
        0.1 < S 100                   # another stream
        0.2 < A 101 ack 51
    """,
    "syn_ack_changes_the_base": HANDSHAKE + """
        0.1 < SA 700 ack 1
        0.2 < S  700
        0.25 > A 1 ack 300
        0.3 < S  0
        0.4 > A  1 ack 2000
    """,
    "rst_with_an_acknowledgement": HANDSHAKE + """
        0.1 < R  1 ack 5001           # no ACK flag
        0.2 < RA 1 ack 5001
        0.3 < RA 1 ack 6001
    """,
    "fin_acked_before_seen": HANDSHAKE + """
        0.1 > PA 1:101 ack 1
        0.2 < A 1 ack 102
        0.3 > FA 101 ack 1
        0.4 < A 1 ack 102
        0.5 < FSA 1 ack 103
    """,
    "sequence_number_0": """
        isn 4294967195 4294967295
        0    > S  0
        0.01 < SA 0 ack 1
        0.02 > A  1 ack 1
        0.1  > PA 1:101 ack 1         # next becomes 0
        0.2  < A  1     ack 201
        0.3  > PA 101:201 ack 1
        0.4  < A  1     ack 301
    """,
    "unseen_and_cut_in_the_options": HANDSHAKE + """
        0.1 < A 1 ack 101 ts cut 20
        0.2 < A 1 ack 201 ts cut 24
        0.3 > A 301 ack 1
        0.4 < A 1 ack 201 ts cut 30
        0.5 < A 1 ack 401 ts
    """,
    "unseen_in_a_first_fragment": HANDSHAKE + """
        0.1 > A 1:101 ack 1001 mf
        0.2 > A 1:101 ack 1001
    """,
}


def captures() -> dict[str, bytes]:
    scenarios = SEGMENTS | CONNECTIONS | MESSAGES | ACKED_UNSEEN
    return {name: capture(text) for name, text in scenarios.items()}
