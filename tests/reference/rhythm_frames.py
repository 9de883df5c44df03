# SPDX-License-Identifier: Apache-2.0
"""Made-up captures, one for each thing that docs/definitions.md decides about round trips and a
side that is not seen, and docs/features.md about rows of `rhythm`. `captures()` gives name -> bytes
of a pcap file.
"""

from scenario import capture

Spoken = tuple[float, str, int]  # seconds, '>' or '<', bytes of one segment

HANDSHAKE = """
    0    > S  0       mss 1460
    0.01 < SA 0 ack 1 mss 1460
    0.02 > A  1 ack 1
"""
HANDSHAKE_OF_50_MS = HANDSHAKE.replace("0.01", "0.05").replace("0.02", "0.06")
MIDSTREAM = ""


def conversation(
    spoken: list[Spoken],
    seen: str = "<>",
    ack_after: float = 0.03,
    begin: str = HANDSHAKE,
    first_byte: int = 1,
) -> str:
    """Each message, acknowledged `ack_after` it came; only the sides seen were captured."""
    events: list[tuple[float, int, str, int]] = []
    for time, side, size in spoken:
        events.append((time, 1, side, size))
        events.append((time + ack_after, 0, other(side), size))
        events.append((time + ack_after, 2, other(side), 0))
    said = {">": first_byte, "<": first_byte}
    heard = dict(said)
    lines = [line for line in begin.splitlines() if line.strip() and line.split()[1] in seen]
    for time, order, side, size in sorted(events, key=lambda event: event[:2]):
        if order == 0:
            heard[side] += size
            continue
        first = said[side]
        said[side] += size
        span = f"PA {first}:{first + size}" if size > 0 else f"A {first}"
        if side in seen:
            lines.append(f"{time:.9f} {side} {span} ack {heard[side]}")
    return "\n".join(lines) + "\n"


def other(side: str) -> str:
    return "<" if side == ">" else ">"


def turn_by_turn(count: int, pause: float = 2.0) -> list[Spoken]:
    return [(1 + i * pause, "><"[i % 2], 100 + 7 * i % 40) for i in range(count)]


def one_way(*sizes: int) -> list[Spoken]:
    return [(1 + 2 * i, ">", size) for i, size in enumerate(sizes)]


def pool(minutes: int) -> list[Spoken]:
    """Shares, their answers a round trip later, and jobs that come by themselves."""
    spoken: list[Spoken] = []
    for i in range(6 * minutes):
        at = 1 + 10 * i
        spoken += [(at, ">", 180 + i % 3), (at + 0.05, "<", 63)]
        if i % 3 == 0:
            spoken.append((at + 4.2, "<", 330 + i % 5))
        if i % 4 == 0:
            spoken.append((at + 7, ">", 60))
    return sorted(spoken)


COUNTS = {
    f"{count}_messages": conversation(turn_by_turn(count))
    for count in (7, 8, 9, 10, 11, 12, 14, 16, 17, 21, 22, 27, 28)
}

WINDOWS = {
    "equal_sizes": conversation([(1 + 3 * i, "><"[i % 2], 200) for i in range(16)]),
    "sizes_of_one_byte": conversation([(1 + 3 * i, "><"[i % 2], 1) for i in range(16)]),
    "zero_gaps": conversation([(1, "><"[i % 2], 100 + i) for i in range(16)]),
    "zero_gaps_one_way": conversation([(1, ">", 100 + i) for i in range(16)]),
    "one_gap_among_zeros": conversation(
        [(1 + i // 8 * 5, "><"[i % 2], 100 + i) for i in range(16)]
    ),
    "gaps_of_microseconds": conversation(
        [(1 + i * 0.000015, "><"[i % 2], 90 + i) for i in range(16)], ack_after=0.5
    ),
    "client_alone": conversation([(1 + 1.5 * i, ">", 100 + i % 5) for i in range(22)]),
    "server_alone": conversation([(1 + 1.5 * i, "<", 300 + 9 * (i % 4)) for i in range(22)]),
    "server_before_one_client": conversation(
        [(1 + i, "<", 300 + i) for i in range(9)] + [(11, ">", 50)]
    ),
    "client_before_one_server": conversation(
        [(1 + i, ">", 300 + i) for i in range(9)] + [(11, "<", 50)]
    ),
    "pool_and_miner": conversation(pool(8)),
    "pool_and_miner_from_its_middle": conversation(pool(8), begin=MIDSTREAM),
    "runs_of_both_sides": conversation(
        [(1 + 1.1 * i, side, 100 + i) for i, side in enumerate(">><<<><>><<<<>>>><><")]
    ),
    "sizes_on_the_edges_of_near": conversation(
        one_way(100, 104, 109, 116, 117, 400, 416, 417, 1000, 1040, 1041, 961)
    ),
    "sizes_of_any_ratio": conversation(
        [(1 + 2 * i, "><"[i % 2], 1 if i % 2 == 0 else 65_000) for i in range(8)]
        + [(20 + 2 * i, "><"[i % 2], 65_000 if i == 3 else 1) for i in range(16)]
        + [(60 + 2 * i, "><"[i % 2], 65_000 if i % 2 == 0 else 1) for i in range(16)]
    ),
    "sizes_16_and_17_apart": conversation(
        one_way(100, 117, 200, 217, 300, 317, 50, 67, 20, 36, 1, 1, 600, 700, 800, 900)
    ),
    "near_goes_by_one_size": conversation(
        one_way(962, 1000, 1041, 100, 200, 300, 400, 500)
    ),
    "sizes_around_600": conversation(
        one_way(500, 599, 600, 601, 550, 700, 800, 900)
    ),
    "sizes_3_and_4_apart": conversation(
        one_way(100, 103, 107, 104, 100, 100, 97, 93)
    ),
    "replies_of_0_6_of_the_pushes": conversation(
        [
            (1 + 5 * i + late, side, size)
            for i, reply in enumerate((59, 60, 61, 120))
            for late, side, size in ((0, ">", 50), (0.05, "<", reply), (2.5, "<", 100))
        ]
    ),
    # With a round trip of .05 s: replies until .4 s, locked until .12 s, spontaneous after .25 s.
    "replies_just_in_time": conversation(
        [
            (1 + 5 * i + late, side, 100)
            for i, wait in enumerate((0.399, 0.4, 0.401, 0.39, 0.5, 0.1199, 0.12, 0.1201))
            for late, side in ((0, ">"), (wait, "<"))
        ],
        ack_after=4,
        begin=HANDSHAKE_OF_50_MS,
    ),
    "spontaneous_just_in_time": conversation(
        [
            (1 + 5 * i + late, side, 100)
            for i, wait in enumerate((0.249, 0.25, 0.251, 0.24, 0.4, 0.05))
            for late, side in ((0, "<"), (wait, ">"))
        ],
        ack_after=4,
        begin=HANDSHAKE_OF_50_MS,
    ),
    "replies_far_below_the_round_trip": conversation(
        [(1 + i // 2 * 5, "><"[i % 2], 100 + i) for i in range(8)],
        ack_after=0.05,
        begin=HANDSHAKE_OF_50_MS,
    ),
    "replies_far_above_the_round_trip": conversation(
        [(1 + i // 2 * 5 + i % 2 * 0.2525, "><"[i % 2], 100 + i) for i in range(8)],
        ack_after=0.001,
    ),
    "replies_within_a_millisecond": conversation(
        [(1 + i // 2 * 5 + i % 2 * (i - 1) * 0.0001, "><"[i % 2], 100 + i) for i in range(8)]
    ),
    "regular_within_a_tenth": conversation(
        [(at, ">", 100) for at in (1, 11, 21, 32, 42, 51, 62.001, 70.999, 80.999, 90.999)]
    ),
    # 27 and 33 s between two: seconds in floating point round one of them out of the tenth.
    "regular_within_a_tenth_of_half_a_minute": conversation(
        [(at, "<", 100) for at in (1, 31, 61, 88, 121, 151, 181, 211)]
    ),
    "messages_of_many_segments": HANDSHAKE
    + "".join(
        f"""
        {i}.10 > A  {1 + 3020 * i}:{1461 + 3020 * i} ack {1 + 100 * i}
        {i}.11 > A  {1461 + 3020 * i}:{2921 + 3020 * i} ack {1 + 100 * i}
        {i}.15 > PA {2921 + 3020 * i}:{3021 + 3020 * i} ack {1 + 100 * i}
        {i}.50 < PA {1 + 100 * i}:{101 + 100 * i} ack {3021 + 3020 * i}
        """
        for i in range(1, 9)
    ),
    "spontaneous_after_the_end_of_a_long_message": HANDSHAKE
    + "".join(
        f"""
        {5 * i}.0  < A  {1 + 1560 * i}:{1461 + 1560 * i} ack {1 + 100 * i}
        {5 * i}.5  < PA {1461 + 1560 * i}:{1561 + 1560 * i} ack {1 + 100 * i}
        {5 * i}.7  > PA {1 + 100 * i}:{101 + 100 * i} ack {1561 + 1560 * i}
        """
        for i in range(1, 9)
    ),
    "gap_longer_than_the_window": MIDSTREAM
    + "".join(
        f"{time} > PA {1 + 100 * i}:{101 + 100 * i} ack 1\n"
        for i, time in enumerate((100, 101, 150, 90, 91, 92, 93, 101.5))
    ),
    "last_message_left_open": conversation(turn_by_turn(7))
    + "20 > A 900000:901460 ack 900000\n",
    "last_message_ended_by_another_connection": conversation(turn_by_turn(7))
    + "20 > A 900000:901460 ack 900000\n"
    + "21 > R 901460\n22 > S 1900000\n23 < SA 1900000 ack 1900001\n",
    "clock_goes_backwards_in_a_window": conversation(turn_by_turn(8))
    + conversation(
        [(3 + 0.7 * i, "><"[i % 2], 50) for i in range(8)], begin=MIDSTREAM, first_byte=5001
    ),
}


def polled() -> str:
    """Replies that tell a row its round trip, and bring none below 3 s themselves."""
    return conversation(
        [(20 + 10 * i + late, side, 80) for i in range(8) for late, side in ((0, ">"), (0.1, "<"))],
        ack_after=3,
        begin=MIDSTREAM,
        first_byte=9001,
    )


ROUND_TRIPS = {
    "of_the_handshake_alone": """
        0     > S  0
        0.137 < SA 0 ack 1
        0.138 > A  1 ack 1
    """ + polled(),
    "of_a_syn_acknowledged_without_its_own_number": """
        0     > S  0
        0.05  < A  0 ack 0
        0.137 < SA 0 ack 1
        0.138 > A  1 ack 1
    """ + polled(),
    "of_a_syn_sent_twice": """
        0     > S  0
        0.1   > S  0                  # gives the measurement up
        0.137 < SA 0 ack 1
        0.138 > A  1 ack 1
    """ + polled(),
    "of_a_syn_sent_three_times": """
        0     > S  0
        0.1   > S  0
        0.3   > S  0                  # begins none
        0.337 < SA 0 ack 1
        0.338 > A  1 ack 1
    """ + polled(),
    "of_a_fast_open_syn": """
        0     > S  0:100
        0.05  < SA 0 ack 1            # its payload is not acknowledged
        0.21  < A  1 ack 101
    """ + polled(),
    "of_a_refused_syn_and_another": """
        0     > S 0
        0.2   < RA 0 ack 1
        0.21  > S 100
        0.3   < SA 500 ack 101
    """ + polled(),
    "of_another_syn_that_is_not_answered": HANDSHAKE + """
        1    > PA 1:101 ack 1
        1.1  > S  70000               # while a measurement is under way
        1.11 < A  1 ack 101
    """ + polled(),
    "of_a_segment_below_the_handshake": HANDSHAKE.replace("0.01", "0.3 ").replace("0.02", "0.31")
    + """
        1    > PA 1:101   ack 1
        1.12 < A  1       ack 101
        2    > PA 101:201 ack 1
        2.2  < A  1       ack 201     # longer
    """ + polled(),
    "of_two_segments_at_once": HANDSHAKE.replace("0.01", "0.3 ").replace("0.02", "0.31") + """
        1    > PA 1:101   ack 1
        1.1  > PA 101:201 ack 1       # a measurement is under way
        1.13 < A  1       ack 201
        1.14 > PA 201:301 ack 1
        1.15 < A  1       ack 201     # not yet
        1.23 < A  1       ack 301
    """ + polled(),
    "of_a_retransmitted_segment": HANDSHAKE.replace("0.01", "0.5 ").replace("0.02", "0.51") + """
        1    > PA 1:101   ack 1
        1.3  > PA 1:101   ack 1       # gives up: which of them is acknowledged?
        1.31 < A  1       ack 101
        2    > PA 101:201 ack 1
        2.25 < A  1       ack 201     # .25 s
        3    > PA 201:301 ack 1
        3.1  > PA 101:201 ack 1       # of an earlier one: gives up all the same
        3.12 < A  1       ack 301
        4    > PA 301:401 ack 1
        4.1  > A  400     ack 1       # a keep-alive does not
        4.2  < A  1       ack 401
    """ + polled(),
    "of_a_hole_filled_late": HANDSHAKE.replace("0.01", "0.5 ").replace("0.02", "0.51") + """
        1    > PA 101:201 ack 1
        1.1  < A  1       ack 1
        1.4  > PA 1:101   ack 1       # new bytes, while a measurement is under way
        1.45 < A  1       ack 201
    """ + polled(),
    "of_a_partial_acknowledgement": HANDSHAKE.replace("0.01", "0.6 ").replace("0.02", "0.61") + """
        1    > PA 1:101 ack 1
        1.1  < A  1     ack 100
        1.2  < A  1     ack 1000      # more than was sent
        1.3  < A  1     ack 101
    """ + polled(),
    "ended_without_ack_flag": HANDSHAKE.replace("0.01", "0.6 ").replace("0.02", "0.61") + """
        1    > PA 1:101 ack 1
        1.1  < P  1:51  ack 101
        1.2  < PA 51:99 ack 101
    """ + polled(),
    "of_a_fin": HANDSHAKE.replace("0.01", "0.7 ").replace("0.02", "0.71") + """
        1    > FPA 1:101  ack 1       # its end is that of its payload
        1.11 < A   1      ack 101
        1.2  > FA  101    ack 1       # begins none
        1.21 < A   1      ack 102
    """ + polled(),
    "across_the_turn_of_sequence_numbers": "isn 4294967290 4294967100\n"
    + HANDSHAKE.replace("0.01", "0.6 ").replace("0.02", "0.61") + """
        1    > PA 1:101 ack 1
        1.09 < A  1     ack 3
        1.2  < A  1     ack 101
    """ + polled(),
    "shorter_than_a_millisecond": HANDSHAKE.replace("0.01", "0.0001").replace("0.02", "0.0002")
    + polled(),
    "longer_than_a_second": HANDSHAKE.replace("0.01", "1.7 ").replace("0.02", "1.71") + polled(),
    "backwards": """
        10  > S  0
        9.9 < SA 0 ack 1
        10  > A  1 ack 1
    """ + polled(),
    "learned_in_the_course": conversation(turn_by_turn(9), begin=MIDSTREAM, ack_after=0.4)
    + conversation(
        [(40 + 3 * i, "><"[i % 2], 70) for i in range(20)],
        ack_after=0.08,
        begin=MIDSTREAM,
        first_byte=5001,
    ),
    # The server's answer finishes the client's open message and acknowledges it, both at once.
    "by_the_packet_that_finishes_a_message": conversation(
        turn_by_turn(7), begin=MIDSTREAM, ack_after=3
    )
    + """
        30    > A  9001:10461 ack 9001 mss 1460
        30.02 < PA 9001:9101  ack 10461
    """,
}

ONE_SIDE = {
    "client_side_of_a_pool": conversation(pool(8), seen=">"),
    "server_side_of_a_pool": conversation(pool(8), seen="<"),
    "client_side_from_the_middle": conversation(pool(4), seen=">", begin=MIDSTREAM),
    "server_side_from_the_middle": conversation(pool(4), seen="<", begin=MIDSTREAM),
    "client_side_that_acks_with_its_next_segment": conversation(
        turn_by_turn(24), seen=">", ack_after=2.0
    ),
    # Most packets finish two messages, the one they acknowledge and their own, and the first or the
    # second of them makes a row.
    "client_side_of_a_poller": conversation(
        [(1 + 10 * i, side, 200) for i, side in enumerate(">><><><>><><><><><>><><><>><><><")],
        seen=">",
        ack_after=10,
    ),
    "acks_alone": conversation([(1 + i, "<", 100 + i % 7) for i in range(16)], seen=">"),
    "acks_across_the_turn_of_sequence_numbers": "isn 4294967000 4294966900\n"
    + conversation(pool(3), seen=">"),
    "segments_across_the_turn_of_sequence_numbers": "isn 4294966500 4294966400\n"
    + conversation(pool(3), seen="<"),
    "other_side_seen_later": conversation(turn_by_turn(12), seen=">")
    + "60 < PA 700:800 ack 700\n61 > PA 700:750 ack 800\n62 > A 750 ack 900\n"
    + "63 > A 750 ack 1000\n64 < PA 1000:1100 ack 750\n65 > A 750 ack 1200\n",
    "acknowledged_by_1": HANDSHAKE.splitlines()[1] + """
        1 > A 1     ack 1
        2 > A 1     ack 2             # as a FIN is
        3 > A 1     ack 4
        4 > A 1     ack 3             # less
        5 > A 1     ack 4
        6 > PA 1:11 ack 5
        7 > A 11    ack 105
        8 > FA 11   ack 205
        9 > R  12   ack 305
        10 > RA 12  ack 405
        11 > A  12  ack 505
    """,
    "acks_of_retransmissions_and_keep_alives": """
        1   > PA 1:101 ack 1
        1.1 > PA 1:101 ack 51
        1.2 > A  100   ack 151
        1.3 > S  900   ack 999        # without ACK: its field counts for nothing
        1.4 > PA 101:201 ack 161
    """,
    "unseen_segments_that_are_full": HANDSHAKE.splitlines()[1] + """
        1.0 > A 1 ack 1
        1.1 > A 1 ack 1461            # M
        1.2 > A 1 ack 4381            # 2 M
        1.3 > A 1 ack 4481
        1.4 > A 1 ack 5941
        2.4 > A 1 ack 7401            # exactly 1 s
        3.5 > A 1 ack 8861            # more
        3.6 > A 1 ack 10309           # 12 less than M: full
        3.7 > A 1 ack 11756           # 13 less
        3.8 > A 1 ack 13204 ts        # M less 12
        3.9 > A 1 ack 14640 ts        # M less 24
        4.0 > A 1 ack 16075 ts        # M less 25
        4.1 > PA 1:11 ack 17535
        4.2 > A 11 ack 18995
    """,
    "unseen_segments_without_mss": """
        1.0 > A 1 ack 1
        1.1 > A 1 ack 501
        1.2 > A 1 ack 1001
        1.3 > A 1 ack 1489            # 488
        1.4 > A 1 ack 1976            # 487
        1.5 > A 1 ack 3476            # 3 times 500
        1.6 > A 1 ack 4136            # a larger one moves nothing
        1.7 > A 1 ack 4796
        1.8 > PA 1:701 ack 5296 ts
        1.9 > A 701 ack 5784 ts
    """,
    "unseen_and_own_bytes_of_one_packet": "".join(
        f"{i} > PA {1 + 100 * i}:{101 + 100 * i} ack {1 + 200 * i}\n" for i in range(1, 12)
    ),
    "server_that_is_seen_measures_nothing": conversation(pool(3), seen="<", ack_after=0.01),
    "half_a_turn_of_sequence_numbers_acknowledged": """
        1 > A 1 ack 1
        2 > A 1 ack 2147483648        # 2^31 - 1 more
        3 > A 1 ack 4294967296        # 2^31 more: not after
        4 > A 1 ack 4294967295
        5 > PA 1:11 ack 4294967395
    """,
    "udp_like_ends": "ports 80 5000\n" + conversation(turn_by_turn(12), seen="<", begin=MIDSTREAM),
}


def captures() -> dict[str, bytes]:
    scenarios = COUNTS | WINDOWS | ROUND_TRIPS | ONE_SIDE
    return {f"rhythm_{name}": capture(text) for name, text in scenarios.items()}
