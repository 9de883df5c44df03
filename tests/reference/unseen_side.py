# SPDX-License-Identifier: Apache-2.0
"""What the other side must have said while packets of one side alone are seen: the bytes it
acknowledges (docs/definitions.md, "A side that is not seen").
"""

from connections import Connection
from packets import ACK, RST
from sequence_number import distance

FIN_INCREASE = 1


def unseen_bytes(connection: Connection) -> dict[int, int]:
    """Frame -> bytes of the side not seen that its packet is the first to acknowledge."""
    found: dict[int, int] = {}
    highest: int | None = None
    for packet, _ in connection.packets:
        if connection.direction(packet) != connection.direction(connection.packets[0][0]):
            break
        if not packet.has(ACK) or packet.has(RST):
            continue
        increase = 0 if highest is None else distance(highest, packet.ack)
        if highest is None or increase > 0:
            highest = packet.ack
        if increase > FIN_INCREASE:
            found[packet.frame] = increase
    return found
