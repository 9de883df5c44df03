# SPDX-License-Identifier: Apache-2.0
"""A job of the Monero family: fields and their order by the pool's software and year.

Hashing blob: 76 bytes (docs of Monero's get_block_template): two version bytes, a 5-byte time, 32 bytes of previous
hash, 4 of nonce, 32 of Merkle root, 1 of transaction count (2 from 128 on). Fields: xmrig/xmrig-proxy doc/STRATUM.md
and STRATUM_EXT.md; Snipa22/nodejs-pool lib/pool.js, also the template that programs calling themselves proxies get.
As a push with the line feed: 242-315 in 2018 and 2019 (blob, id, target, then height too), 376 with algorithm, height
and seed, 485 as nodejs-pool sends it; a proxy's is kilobytes by the block's transactions.
"""

from dataclasses import dataclass
from random import Random

from lab.identifier import BASE64_28, DIGITS_15, DIGITS_6, HEX_16, HEX_32, HEX_8, UUID_36, IdStyle, random_hex
from lab.miners.json_rpc import Message

FIELDS_OF_2018 = ("blob", "job_id", "target")
FIELDS_OF_2019 = ("blob", "job_id", "target", "algo", "variant", "height")
_WITH_SEED = ("blob", "job_id", "target", "algo", "height", "seed_hash")
_NODEJS_POOL = ("blob", "algo", "height", "seed_hash", "next_seed_hash", "job_id", "target", "id")
_WITH_SESSION = ("job_id", "blob", "target", "height", "seed_hash", "algo", "id")
_PROXY = (
    "blocktemplate_blob", "difficulty", "height", "reserved_offset", "client_nonce_offset", "client_pool_offset",
    "target_diff", "target_diff_hex", "job_id", "id",
)  # fmt: skip
# Bytes of a block template before its transactions' hashes: header and the coinbase transaction.
_TEMPLATE_BYTES = (180, 420)


@dataclass(frozen=True)
class JobStyle:
    job_id: IdStyle
    fields: tuple[str, ...]
    target_digits: int = 8
    algorithm: str = "rx/0"

    @staticmethod
    def drawn(random: Random, *, short_ids: bool = False) -> "JobStyle":
        long_ids = (DIGITS_15, BASE64_28, HEX_32, HEX_16, UUID_36)
        job_id = random.choice((DIGITS_6, HEX_8, HEX_8) if short_ids else long_ids)
        fields = random.choice((_WITH_SEED, _WITH_SEED, _NODEJS_POOL, _WITH_SESSION))
        return JobStyle(job_id, fields, random.choice((8, 8, 8, 16)))

    @staticmethod
    def older(random: Random) -> "JobStyle":
        """As in 2018 and 2019, before RandomX: "variant" and height came with CryptoNight-R."""
        years = ((FIELDS_OF_2018, "cn/2"), (FIELDS_OF_2018, "cn/2"), (FIELDS_OF_2019, "cn/r"))
        fields, algorithm = random.choice(years)
        return JobStyle(random.choice((DIGITS_15, DIGITS_15, BASE64_28, HEX_16, HEX_32)), fields, 8, algorithm)

    @staticmethod
    def for_proxies(random: Random) -> "JobStyle":
        return JobStyle(random.choice((BASE64_28, DIGITS_15)), _PROXY)

    @property
    def is_template(self) -> bool:
        return "blocktemplate_blob" in self.fields

    def job(self, template: "Template", difficulty: int, session_id: str, random: Random) -> Message:
        values: Message = {
            "job_id": self.job_id.draw(random),
            "target": target(difficulty, self.target_digits),
            "algo": self.algorithm,
            "variant": self.algorithm.rpartition("/")[2],
            "height": template.height,
            "seed_hash": template.seed_hash,
            "next_seed_hash": template.next_seed_hash,
            "id": session_id,
            "extra_nonce": template.previous_hash[:16],
            "pool_wallet": template.pool_wallet,
        }
        if self.is_template:
            values |= template.for_proxy(difficulty)
        elif "blob" in self.fields:
            values["blob"] = template.hashing_blob(random)
        return {field: values[field] for field in self.fields}


@dataclass(frozen=True)
class Template:
    """The block that a pool's miners work on."""

    height: int
    seed_hash: str
    next_seed_hash: str
    previous_hash: str
    transactions: int
    blob: str  # hexadecimal
    network_difficulty: int
    # Self-select jobs name it; as long as an address is.
    pool_wallet: str = "4" + 94 * "A"

    @staticmethod
    def drawn(height: int, random: Random, seeds: tuple[str, str], transactions: int | None = None) -> "Template":
        count = random.randrange(3, 150) if transactions is None else transactions
        blob_bytes = random.randint(*_TEMPLATE_BYTES) + 32 * count
        blob = "1010" + random_hex(random, 2 * blob_bytes - 4)
        return Template(height, *seeds, random_hex(random, 64), count, blob, random.randrange(10**11, 9 * 10**11))

    def hashing_blob(self, random: Random) -> str:
        """Its Merkle root differs between miners."""
        count = bytes([self.transactions]) if self.transactions < 128 else bytes([self.transactions & 0x7F | 0x80, 1])
        time_and_parent = random_hex(random, 10) + self.previous_hash
        return "1010" + time_and_parent + 8 * "0" + random_hex(random, 64) + count.hex()

    def for_proxy(self, difficulty: int) -> Message:
        return {
            "blocktemplate_blob": self.blob,
            "difficulty": self.network_difficulty,
            "reserved_offset": 130,
            "client_nonce_offset": 142,
            "client_pool_offset": 138,
            "target_diff": difficulty,
            "target_diff_hex": target(difficulty, 8),
        }


def target(difficulty: int, digits: int) -> str:
    """Little endian: the top 32 or 64 bits of the largest hash that is a share."""
    largest = 2 ** (4 * digits) // max(1, difficulty)
    return min(largest, 2 ** (4 * digits) - 1).to_bytes(digits // 2, "little").hex()


def difficulty_of(job: Message) -> float:
    if "target_diff" in job:
        return job["target_diff"]
    encoded = job["target"]
    return 2 ** (4 * len(encoded)) / max(1, int.from_bytes(bytes.fromhex(encoded), "little"))
