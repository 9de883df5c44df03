#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The lab's clients of real servers write the bytes that the protocols' own documents print."""

import asyncio
import struct
import sys
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from lab.benign import dns_message, mqtt_packets, postgres_messages, resp  # noqa: E402
from lab.benign.imap_client import ImapClient  # noqa: E402


def stream(data: bytes) -> asyncio.StreamReader:
    """What a server sent before it closed. To be called in a running loop."""
    reader = asyncio.StreamReader()
    reader.feed_data(data)
    reader.feed_eof()
    return reader


class Written:
    """A writer that keeps what was written."""

    def __init__(self) -> None:
        self.data = b""

    def write(self, data: bytes) -> None:
        self.data += data


class Mqtt(unittest.TestCase):
    """MQTT 3.1.1, OASIS Standard, 29 October 2014."""

    def test_lengths_are_those_of_table_2_4(self) -> None:
        for length, encoded in (
            (0, "00"), (127, "7f"), (128, "8001"), (16383, "ff7f"), (16384, "808001"), (2097151, "ffff7f"),
            (2097152, "80808001"), (268435455, "ffffff7f"),
        ):  # fmt: skip
            self.assertEqual(mqtt_packets.remaining_length(length).hex(), encoded)

    def test_a_publication_has_the_variable_header_of_section_3_3(self) -> None:
        packet = mqtt_packets.publish("a/b", b"", mqtt_packets.VERSION_3_1_1, 10)
        self.assertEqual(packet, bytes.fromhex("32 07 00 03 61 2f 62 00 0a"))

    def test_a_subscription_has_the_payload_of_section_3_8(self) -> None:
        packet = mqtt_packets.subscribe(10, ["a/b"], 1, mqtt_packets.VERSION_3_1_1)
        self.assertEqual(packet, bytes.fromhex("82 08 00 0a 00 03 61 2f 62 01"))

    def test_a_login_begins_with_the_variable_header_of_section_3_1(self) -> None:
        """There with a will of QoS 1 (0x08), which the lab's clients do not ask for."""
        login = mqtt_packets.Login("id", 10, user="user", password="word", will=("t", b"m"))
        packet = mqtt_packets.connect(login)
        self.assertEqual(packet[2:12], bytes.fromhex("00 04 4d 51 54 54 04 c6 00 0a"))
        self.assertEqual(packet[12:], b"\0\2id\0\1t\0\1m\0\4user\0\4word")

    def test_pings_and_goodbyes_are_two_bytes(self) -> None:
        self.assertEqual(mqtt_packets.pingreq() + mqtt_packets.disconnect(), bytes.fromhex("c000 e000"))

    def test_a_packet_cut_anywhere_is_an_end_of_stream(self) -> None:
        whole = mqtt_packets.publish("a/b", bytes(200), mqtt_packets.VERSION_5, 7)

        async def read(data: bytes) -> tuple[int, int, bytes]:
            return await mqtt_packets.read_packet(stream(data))

        kind, flags, body = asyncio.run(read(whole))
        self.assertEqual((kind, mqtt_packets.published_id(flags, body)), (mqtt_packets.PUBLISH, 7))
        for end in range(len(whole)):
            with self.assertRaises(asyncio.IncompleteReadError):
                asyncio.run(read(whole[:end]))

    def test_a_length_of_five_bytes_is_refused(self) -> None:
        async def read() -> None:
            await mqtt_packets.read_packet(stream(bytes.fromhex("30 ff ff ff ff 01")))

        with self.assertRaisesRegex(ConnectionError, "an MQTT packet's length has more than four bytes"):
            asyncio.run(read())


class Redis(unittest.TestCase):
    """redis.io, "Redis serialization protocol specification"."""

    def test_a_command_is_the_documented_array(self) -> None:
        self.assertEqual(resp.command("LLEN", "mylist"), b"*2\r\n$4\r\nLLEN\r\n$6\r\nmylist\r\n")

    def test_replies_are_the_documented_values(self) -> None:
        async def read(data: bytes) -> resp.Reply:
            return await resp.read_reply(stream(data))

        for data, value in (
            (b"+OK\r\n", "OK"),
            (b":1000\r\n", 1000),
            (b"$5\r\nhello\r\n", b"hello"),
            (b"$0\r\n\r\n", b""),
            (b"$-1\r\n", None),
            (b"*-1\r\n", None),
            (b"*0\r\n", []),
            (b"*2\r\n$5\r\nhello\r\n$5\r\nworld\r\n", [b"hello", b"world"]),
            (b"*2\r\n*3\r\n:1\r\n:2\r\n:3\r\n*1\r\n+Hello\r\n", [[1, 2, 3], ["Hello"]]),
            (b"*3\r\n$5\r\nhello\r\n$-1\r\n$5\r\nworld\r\n", [b"hello", None, b"world"]),
        ):
            self.assertEqual(asyncio.run(read(data)), value)

    def test_an_error_is_told_in_the_servers_words(self) -> None:
        async def read() -> None:
            await resp.read_reply(stream(b"-ERR unknown command 'asdf'\r\n"))

        with self.assertRaisesRegex(ConnectionError, "ERR unknown command 'asdf'"):
            asyncio.run(read())


class Dns(unittest.TestCase):
    def test_a_question_is_labelled_as_in_rfc_1035(self) -> None:
        """§4.1.4 prints F.ISI.ARPA."""
        message = dns_message.query(0x1234, "F.ISI.ARPA", dns_message.A, edns=False)
        self.assertEqual(message[:14], bytes.fromhex("001c 1234 0100 0001 0000 0000 0000"))
        self.assertEqual(message[14:], b"\1F\3ISI\4ARPA\0" + bytes.fromhex("0001 0001"))

    def test_a_padded_query_is_a_multiple_of_128_bytes_without_its_length(self) -> None:
        """RFC 8467 §4.1"""
        for letters in range(1, 63):
            for keepalive in (False, True):
                message = dns_message.query(1, "a" * letters + ".example", 1, keepalive=keepalive, block=128)
                self.assertEqual((len(message) - 2) % 128, 0)
                self.assertEqual(struct.unpack("!H", message[:2])[0], len(message) - 2)

    def test_options_fill_the_record_that_announces_them(self) -> None:
        """RFC 6891 §6.1.2, RFC 7828 §3.1: option 11 without a timeout."""
        message = dns_message.query(1, "a", 1, keepalive=True)
        self.assertEqual(message[-15:], bytes.fromhex("00 0029 04d0 00000000 0004 000b 0000"))


class Postgres(unittest.TestCase):
    """PostgreSQL 15 documentation, 55.7 "Message Formats"."""

    def test_startup_and_tls_requests_carry_the_documented_codes(self) -> None:
        self.assertEqual(postgres_messages.ssl_request(), bytes.fromhex("00000008 04d2162f"))
        startup = postgres_messages.startup(user="me")
        self.assertEqual(startup, bytes.fromhex("00000011 00030000") + b"user\0me\0\0")

    def test_lengths_count_themselves_but_not_the_type(self) -> None:
        for message in (
            postgres_messages.query("SELECT 1"),
            postgres_messages.parse("s0", "SELECT $1"),
            postgres_messages.bind("s0", ["a", "äö"]),
            postgres_messages.describe_portal(),
            postgres_messages.execute(),
            postgres_messages.sync(),
            postgres_messages.terminate(),
            postgres_messages.standby_status(2**40, 1.7e9),
        ):
            self.assertEqual(int.from_bytes(message[1:5], "big"), len(message) - 1)

    def test_a_status_of_a_standby_is_34_bytes(self) -> None:
        """55.4: r, three positions, a time in microseconds since 2000-01-01, and whether to answer at once."""
        status = postgres_messages.standby_status(0x0102030405060708, 946684800 + 1)[5:]
        positions = bytes.fromhex("0102030405060708") * 3
        self.assertEqual(status, b"r" + positions + (1_000_000).to_bytes(8, "big") + b"\0")

    def test_columns_of_a_row_are_read_with_null_as_nothing(self) -> None:
        body = bytes.fromhex("0003 00000002 3432 ffffffff 00000001 78")
        self.assertEqual(postgres_messages.first_row([(b"T", b""), (b"D", body)]), ["42", "", "x"])

    def test_an_error_is_told_in_the_servers_words(self) -> None:
        async def read() -> None:
            body = b"SFATAL\0Mno such database\0\0"
            await postgres_messages.read_message(stream(b"E" + (len(body) + 4).to_bytes(4, "big") + body))

        with self.assertRaisesRegex(ConnectionError, "no such database"):
            asyncio.run(read())


class Imap(unittest.TestCase):
    def test_the_dialogue_of_rfc_2177_ends_idle_with_new_mail(self) -> None:
        """§3: EXPUNGE of another client does not, EXISTS does."""
        said = b"* 3 EXISTS\r\nA1 OK selected\r\n+ idling\r\n* 2 EXPUNGE\r\n* 4 EXISTS\r\nA2 OK IDLE terminated\r\n"
        written = Written()

        async def talk() -> bool:
            client = ImapClient(stream(said), written, lambda number: f"A{number}")
            await client.command("SELECT INBOX")
            return await client.idle(60)

        self.assertTrue(asyncio.run(talk()))
        self.assertEqual(written.data, b"A1 SELECT INBOX\r\nA2 IDLE\r\nDONE\r\n")

    def test_tags_within_a_literal_end_no_command(self) -> None:
        """RFC 3501 §4.3: a literal is as many bytes as its braces say."""
        said = b"* 1 FETCH (BODY[] {9}\r\nA1 OK no\n)\r\nA1 OK fetched\r\n"

        async def talk() -> bytes:
            reader = stream(said)
            await ImapClient(reader, Written(), lambda number: f"A{number}").command("FETCH 1 BODY[]")
            return await reader.read()

        self.assertEqual(asyncio.run(talk()), b"")


if __name__ == "__main__":
    unittest.main()
