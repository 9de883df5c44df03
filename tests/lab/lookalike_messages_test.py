#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The look-alikes' encoders against byte examples that their specifications print. Neither root nor a network."""

import asyncio
import unittest

from lab.benign import (
    amqp,
    bitcoin_peer,
    database_stream,
    file_sync,
    fix,
    grpc,
    http2_frame,
    http_push,
    iec104,
    kafka,
    opcua,
    plant_polling,
    push_service,
    remote_screen,
    sip,
    telemetry,
)
from lab.http_message import answer, read_message, request
from lab.websocket import Opcode, Side, WebSocket


class WrittenBytes:
    """What a StreamWriter was given."""

    def __init__(self) -> None:
        self.data = b""

    def write(self, data: bytes) -> None:
        self.data += data


def reader_of(data: bytes) -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    reader.feed_data(data)
    reader.feed_eof()
    return reader


def fields_of(text: str) -> list[tuple[int, str]]:
    return [(int(tag), value) for tag, value in (field.split("=", 1) for field in text.split("|"))]


class Plants(unittest.TestCase):
    def test_modbus_request_is_that_of_the_messaging_guide(self) -> None:
        # "Messaging on TCP/IP Implementation Guide V1.0b" §4.4.2: read register 5 of unit FF, transaction 1501.
        pdu = plant_polling.modbus_read(plant_polling.READ_HOLDING_REGISTERS, 4, 1)
        self.assertEqual(plant_polling.modbus_frame(0x1501, 0xFF, pdu).hex(" "), "15 01 00 00 00 06 ff 03 00 04 00 01")

    def test_modbus_pdu_is_that_of_the_application_protocol(self) -> None:
        # V1.1b3 §6.3: registers 108-110.
        self.assertEqual(plant_polling.modbus_read(3, 107, 3).hex(" "), "03 00 6b 00 03")

    def test_dnp3_crc_has_the_catalogues_check_value(self) -> None:
        # Catalogue of parametrised CRC algorithms, CRC-16/DNP: check ea82, sent low byte first.
        self.assertEqual(plant_polling.dnp3_crc(b"123456789").hex(), "82ea")

    def test_dnp3_data_has_a_crc_behind_each_16_bytes(self) -> None:
        frame = plant_polling.dnp3_frame(0x44, 1, 2, bytes(17))
        self.assertEqual(len(frame), 8 + 2 + 16 + 2 + 1 + 2)
        self.assertEqual(frame[2], 5 + 17)

    def test_tpkt_counts_its_own_head(self) -> None:
        # RFC 1006 §6: version 3, reserved, length.
        self.assertEqual(plant_polling.tpkt(b"\x02\xf0\x80").hex(" "), "03 00 00 07 02 f0 80")

    def test_iec104_unnumbered_frames_are_the_standards(self) -> None:
        self.assertEqual(iec104.u_frame(iec104.STARTDT_ACT).hex(" "), "68 04 07 00 00 00")
        self.assertEqual(iec104.u_frame(iec104.STARTDT_CON).hex(" "), "68 04 0b 00 00 00")
        self.assertEqual(iec104.u_frame(iec104.TESTFR_ACT).hex(" "), "68 04 43 00 00 00")
        self.assertEqual(iec104.u_frame(iec104.TESTFR_CON).hex(" "), "68 04 83 00 00 00")

    def test_iec104_numbers_are_15_bits_one_to_the_left(self) -> None:
        self.assertEqual(iec104.s_frame(5).hex(" "), "68 04 01 00 0a 00")
        self.assertEqual(iec104.i_frame(0x7FFF, 0x80, b"\x64").hex(" "), "68 05 fe ff 00 01 64")
        self.assertEqual(iec104.i_frame(0x8000, 0, b"")[2:4], b"\0\0")

    def test_opcua_size_counts_the_head(self) -> None:
        # OPC 10000-6 §7.1.2.2
        self.assertEqual(opcua.opcua_message("HEL", bytes(24))[:8].hex(" "), "48 45 4c 46 20 00 00 00")


class Brokers(unittest.TestCase):
    def test_fix_length_and_checksum_are_those_of_the_known_execution_report(self) -> None:
        # The example of FIX's article in Wikipedia: BodyLength 178, CheckSum 128.
        text = (
            "35=8|49=PHLX|56=PERS|52=20071123-05:30:00.000|11=ATOMNOCCC9990900|20=3|150=E|39=E|55=MSFT|167=CS|54=1|38=15"
            "|40=2|44=15|58=PHLX EQUITY TESTING|59=0|47=C|32=0|31=0|151=15|14=0|6=0"
        )
        message = fix.fix_message("FIX.4.2", fields_of(text)).decode().replace("\x01", "|")
        self.assertEqual(message, f"8=FIX.4.2|9=178|{text}|10=128|")

    def test_fix_messages_are_read_one_by_one(self) -> None:
        async def read() -> None:
            reader = reader_of(2 * fix.fix_message("FIX.4.4", [(35, "0"), (34, "7")]))
            for _ in range(2):
                self.assertEqual((await fix.read_fix(reader))["34"], "7")

        asyncio.run(read())

    def test_amqp_heartbeat_is_the_specifications(self) -> None:
        self.assertEqual(amqp.amqp_frame(amqp.HEARTBEAT, 0, b"").hex(" "), "08 00 00 00 00 00 00 ce")

    def test_amqp_methods_carry_class_and_number(self) -> None:
        acknowledgement = amqp.method(amqp.ACKNOWLEDGE, (1).to_bytes(8, "big") + b"\0")
        self.assertEqual(acknowledgement.hex(), "010001" + "0000000d" + "003c0050" + "0000000000000001" + "00" + "ce")

    def test_kafka_request_has_the_guides_head(self) -> None:
        # ApiVersions 0, correlation 1, client "a".
        self.assertEqual(
            kafka.kafka_request(18, 0, 1, "a", b"").hex(), "0000000b" + "0012" + "0000" + "00000001" + "000161"
        )

    def test_postgresql_lengths_count_themselves(self) -> None:
        self.assertEqual(database_stream.pg_message("X").hex(" "), "58 00 00 00 04")
        self.assertEqual(database_stream.pg_message("Z", b"I").hex(" "), "5a 00 00 00 05 49")

    def test_mqtt_remaining_length_is_the_specifications(self) -> None:
        # MQTT 3.1.1 §2.2.3: 321 is written as 193 and 2; §3.12: PINGREQ.
        self.assertEqual(push_service.tagged(0x30, bytes(321))[:3], bytes([0x30, 193, 2]))
        self.assertEqual(push_service.tagged(push_service.PINGREQ, b"").hex(" "), "c0 00")

    def test_mqtt_remaining_length_is_read_back_at_its_limits(self) -> None:
        async def read(length: int) -> int:
            return len((await push_service.read_tagged(reader_of(push_service.tagged(1, bytes(length)))))[1])

        for length in (0, 127, 128, 16_383, 16_384):
            self.assertEqual(asyncio.run(read(length)), length)

    def test_mqtt_publication_carries_topic_and_packet(self) -> None:
        # MQTT 3.1.1 §3.3.2: topic "a/b", packet identifier 10, as in its figure 3.11.
        publication = push_service.mqtt_publish("a/b", 10, b"")
        self.assertEqual(publication.hex(), "3207" + "0003612f62" + "000a")
        self.assertEqual(push_service.packet_of(publication[2:]).hex(), "000a")

    def test_lumberjack_window_comes_before_its_numbered_events(self) -> None:
        batch = telemetry.lumberjack_batch([b"{}", b"[]"], 1)
        self.assertEqual(batch, b"2W\0\0\0\2" + b"2J\0\0\0\1\0\0\0\2{}" + b"2J\0\0\0\2\0\0\0\2[]")

    def test_bitcoin_head_is_that_of_the_known_verack(self) -> None:
        # Bitcoin wiki, "Protocol documentation", verack.
        message = bitcoin_peer.message(bytes.fromhex("f9beb4d9"), "verack", b"", bytes.fromhex("5df6e0e2"))
        self.assertEqual(message.hex(), "f9beb4d9" + "76657261636b000000000000" + "00000000" + "5df6e0e2")


class Web(unittest.TestCase):
    def test_http2_frames_have_the_rfcs_head(self) -> None:
        # RFC 9113 §4.1 and §6.5, §6.7
        kind = http2_frame.Kind
        self.assertEqual(
            http2_frame.frame(kind.SETTINGS, flags=http2_frame.ACK).hex(), "000000" + "04" + "01" + "00000000"
        )
        self.assertEqual(http2_frame.frame(kind.PING, bytes(8)).hex(), "000008" + "06" + "00" + "00000000" + 16 * "0")
        self.assertEqual(
            http2_frame.frame(kind.DATA, b"x", flags=1, stream=3).hex(), "000001" + "00" + "01" + "00000003" + "78"
        )

    def test_http2_literal_field_is_rfc_7541s(self) -> None:
        # RFC 7541 Appendix C.2.1
        block = http2_frame.literal_fields({"custom-key": "custom-header"})
        self.assertEqual(block.hex(), "400a637573746f6d2d6b65790d637573746f6d2d686561646572")

    def test_http2_long_values_have_a_continued_length(self) -> None:
        # RFC 7541 §5.1 with a prefix of 7 bits: 127 is 7f 00, 300 is 7f, then 173 = 45 + 128 and 1.
        self.assertEqual(http2_frame.literal_fields({"a": 127 * "b"})[3:5].hex(), "7f00")
        self.assertEqual(http2_frame.literal_fields({"a": 300 * "b"})[3:6].hex(), "7fad01")

    def test_first_field_of_the_dynamic_table_is_index_62(self) -> None:
        # RFC 7541 §2.3.3 and §6.1
        self.assertEqual(http2_frame.indexed_fields(2).hex(), "bebf")

    def test_grpc_message_has_flag_and_length(self) -> None:
        self.assertEqual(grpc.grpc_message(b"abc").hex(), "00" + "00000003" + "616263")

    def test_chunks_tell_their_size_in_hexadecimal(self) -> None:
        self.assertEqual(http_push.chunk("data: x\n\n\n"), b"a\r\ndata: x\n\n\n\r\n")

    def test_http_messages_are_read_by_their_length(self) -> None:
        async def read() -> list[bytes]:
            reader = reader_of(
                request("POST", "/", "a.example", body=b"12") + answer("204 No Content") + answer("200 OK", body=b"3")
            )
            return [(await read_message(reader)).body for _ in range(3)]

        self.assertEqual(asyncio.run(read()), [b"12", b"", b"3"])


class WebSockets(unittest.TestCase):
    def frames_of(self, data: str, **options: bool) -> list[bytes]:
        async def read() -> list[bytes]:
            websocket = WebSocket(reader_of(bytes.fromhex(data)), WrittenBytes(), Side.SERVER, **options)
            return [payload async for payload in websocket.payloads()]

        return asyncio.run(read())

    def test_masked_and_unmasked_hello_are_read_as_the_rfc_prints_them(self) -> None:
        # RFC 6455 §5.7
        self.assertEqual(self.frames_of("8185 37fa213d 7f9f4d5158" + "8105 48656c6c6f"), [b"Hello", b"Hello"])

    def test_lengths_of_16_and_64_bits_are_written(self) -> None:
        # RFC 6455 §5.7
        for size, head in ((256, "827e0100"), (65536, "827f0000000000010000")):
            writer = WrittenBytes()
            WebSocket(None, writer, Side.SERVER).send(Opcode.BINARY, bytes(size))
            self.assertEqual(writer.data[:-size].hex(), head)

    def test_compressed_hello_is_rfc_7692s(self) -> None:
        # RFC 7692 §7.2.3.1 and, for the second with the window of the first, §7.2.3.2
        writer = WrittenBytes()
        websocket = WebSocket(None, writer, Side.SERVER, deflate=True)
        websocket.send_text("Hello")
        websocket.send_text("Hello")
        self.assertEqual(writer.data.hex(), "c107f248cdc9c90700" + "c105f200110000")

    def test_compressed_hellos_are_read(self) -> None:
        self.assertEqual(self.frames_of("c107f248cdc9c90700" + "c105f200110000", deflate=True), [b"Hello", b"Hello"])

    def test_a_close_is_answered_with_its_reason(self) -> None:
        async def read() -> bytes:
            writer = WrittenBytes()
            websocket = WebSocket(reader_of(bytes.fromhex("880203e9")), writer, Side.SERVER)
            self.assertEqual([payload async for payload in websocket.payloads()], [])
            return writer.data

        self.assertEqual(asyncio.run(read()).hex(), "880203e9")


class Peers(unittest.TestCase):
    def test_swarm_messages_are_bep_3s(self) -> None:
        # BEP 3 and its annotated wiki: have is 0005 4 index, request 000d 6 index begin length.
        self.assertEqual(file_sync.swarm_message(4, (7).to_bytes(4, "big")).hex(), "00000005" + "04" + "00000007")
        self.assertEqual(len(file_sync.swarm_message(6, bytes(12))), 17)

    def test_folder_messages_have_two_lengths(self) -> None:
        # Block Exchange Protocol v1: head of 2 bytes (field 1 of a protocol buffer: the type), then the message.
        self.assertEqual(file_sync.bep_message(5, b"").hex(), "0002" + "0805" + "00000000")


class Screens(unittest.TestCase):
    def test_vnc_messages_are_rfc_6143s(self) -> None:
        # RFC 6143 §7.5.3-7.5.5: key "a" pressed, pointer with the left button, an update of the whole screen.
        self.assertEqual(remote_screen.vnc_key(True, 0x61).hex(), "0401000000000061")
        self.assertEqual(remote_screen.vnc_pointer(1, 258, 3).hex(), "050101020003")
        self.assertEqual(
            remote_screen.vnc_update_request(True, 0, 0, 1920, 1080).hex(), "030100000000" + "0780" + "0438"
        )

    def test_rdp_length_has_one_byte_below_128_and_two_above(self) -> None:
        self.assertEqual(remote_screen.rdp_fast_path(1, bytes(125))[:2].hex(), "047f")
        self.assertEqual(remote_screen.rdp_fast_path(1, bytes(126))[:3].hex(), "048081")


class Telephones(unittest.TestCase):
    def test_registration_is_rfc_3261s(self) -> None:
        # RFC 3261 §24.1, F1
        headers = [
            "Via: SIP/2.0/UDP bobspc.biloxi.com:5060;branch=z9hG4bKnashds7",
            "Max-Forwards: 70",
            "To: Bob <sip:bob@biloxi.com>",
            "From: Bob <sip:bob@biloxi.com>;tag=456248",
            "Call-ID: 843817637684230@998sdasdh09",
            "CSeq: 1826 REGISTER",
            "Contact: <sip:bob@192.0.2.4>",
            "Expires: 7200",
        ]
        start = "REGISTER sip:registrar.biloxi.com SIP/2.0"
        expected = "\r\n".join([start, *headers, "Content-Length: 0", "", ""]).encode()
        self.assertEqual(sip.sip_message(start, headers), expected)

    def test_keepalives_and_messages_are_told_apart(self) -> None:
        async def read() -> list[str]:
            reader = reader_of(b"\r\n" + sip.sip_message("BYE sip:a SIP/2.0", [], "xy") + b"\r\n")
            return [(await sip.read_sip(reader))[:3] for _ in range(3)]

        self.assertEqual(asyncio.run(read()), ["", "BYE", ""])


if __name__ == "__main__":
    unittest.main()
