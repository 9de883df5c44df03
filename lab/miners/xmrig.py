# SPDX-License-Identifier: Apache-2.0
"""What XMRig says, and what its users set.

Field order: xmrig/xmrig src/base/net/stratum/Client.cpp. The login's list of algorithms is the one XMRig 6.21 prints
in its public debug logs; older or smaller builds know fewer. Sizes with the line feed: login 489-560 with the list,
about 231 without; submit 185 + lengths of the two ids - 16, 14 more with the algorithm (when the pool's extensions
offer it), keepalived 67 + length of the session id.
"""

from dataclasses import dataclass
from random import Random

from lab.identifier import random_base58
from lab.miners.json_rpc import Message
from lab.rhythm import log_uniform

_ALGORITHMS = (
    "cn/1", "cn/2", "cn/r", "cn/fast", "cn/half", "cn/xao", "cn/rto", "cn/rwz", "cn/zls", "cn/double", "cn/ccx",
    "cn-lite/1", "cn-heavy/0", "cn-heavy/tube", "cn-heavy/xhv", "cn-pico", "cn-pico/tlo", "cn/upx2", "rx/0", "rx/wow",
    "rx/arq", "rx/graft", "rx/sfx", "rx/keva", "argon2/chukwa", "argon2/chukwav2", "argon2/ninja", "ghostrider",
)  # fmt: skip
_TEMPLATE_FIELDS = ("height", "difficulty", "prev_hash", "seed_hash", "next_seed_hash")
# Left out by older versions.
_LATER_ALGORITHMS = ("cn/upx2", "rx/graft", "ghostrider", "argon2/chukwav2", "rx/keva")
_SYSTEMS = (
    "Linux x86_64", "Linux x86_64", "Linux aarch64", "Linux armv7l", "Windows NT 10.0; Win64; x64",
    "Windows NT 6.1; Win64; x64", "Macintosh; macOS; x86_64", "FreeBSD; x86_64",
)  # fmt: skip
_COMPILERS = ("gcc/9.4.0", "gcc/11.4.0", "gcc/13.2.0", "gcc/10.2.1", "msvc/2019", "msvc/2022", "clang/14.0.3")
_LIBUV = ("1.38.0", "1.40.0", "1.43.0", "1.44.2", "1.48.0", "1.51.0")
_RIG_NAMES = ("rig", "worker", "pc", "node-", "DESKTOP-", "srv", "cpu", "home", "w")


@dataclass
class XmrigWords:
    user: str
    password: str
    agent: str
    rig: str | None = None
    algorithms: tuple[str, ...] = ()
    keepalive_s: float | None = None
    says_algorithm: bool = False
    extra_login: tuple[tuple[str, str], ...] = ()
    _next_id: int = 1

    @staticmethod
    def drawn(random: Random, fixed_difficulty: float | None = None, user: str = "") -> "XmrigWords":
        """`fixed_difficulty`: asked for in the login, as ADDRESS+DIFFICULTY."""
        user = user or wallet_address(random)
        if fixed_difficulty:
            user += f"+{int(fixed_difficulty)}"
        rig = rig_name(random) if random.random() < 0.25 else None
        password = random.choice(("x", "x", rig_name(random), "x:" + rig_name(random)))
        keepalive_s = random.choice((None, None, 60, 60, 30))
        return XmrigWords(user, password, agent(random), rig, algorithms(random), keepalive_s, random.random() < 0.4)

    def login(self) -> Message:
        params: Message = {"login": self.user, "pass": self.password, "agent": self.agent}
        if self.rig:
            params["rigid"] = self.rig
        if self.algorithms:
            params["algo"] = self.algorithms
        self._next_id = 1
        return self._request("login", params | dict(self.extra_login))

    def submit(self, session: str, job: Message, nonce: str, result: str) -> Message:
        params: Message = {"id": session, "job_id": job["job_id"], "nonce": nonce, "result": result}
        if self.says_algorithm and "algo" in job:
            params["algo"] = job["algo"]
        return self._request("submit", params)

    def keepalive(self, session: str) -> Message:
        return self._request("keepalived", {"id": session})

    def block_template(self, session: str, job: Message, template: Message) -> Message:
        """A miner's own choice, in self-select mode."""
        params: Message = {"id": session, "job_id": job["job_id"], "blob": template["blocktemplate_blob"]}
        params |= {name: template[name] for name in _TEMPLATE_FIELDS}
        return self._request("block_template", params)

    def _request(self, method: str, params: Message) -> Message:
        message = {"id": self._next_id, "jsonrpc": "2.0", "method": method, "params": params}
        self._next_id += 1
        return message


def hash_rate(random: Random) -> float:
    """Hashes a second of RandomX or CryptoNight: a telephone to a large server."""
    return log_uniform(random, 80, 40_000)


def agent(random: Random) -> str:
    version = f"{random.choice((5, 6, 6, 6))}.{random.randrange(0, 23)}.{random.randrange(4)}"
    return f"XMRig/{version} ({random.choice(_SYSTEMS)}) libuv/{random.choice(_LIBUV)} {random.choice(_COMPILERS)}"


def algorithms(random: Random) -> tuple[str, ...]:
    """Some pools' own builds send none."""
    kind = random.random()
    if kind < 0.1:
        return ()
    left_out = _LATER_ALGORITHMS if kind < 0.4 else ()
    return tuple(name for name in _ALGORITHMS if name not in left_out)


def wallet_address(random: Random) -> str:
    """Of 95 characters; 8 begins a subaddress."""
    return random.choice("4448") + random_base58(random, 94)


def rig_name(random: Random) -> str:
    return f"{random.choice(_RIG_NAMES)}{random.randrange(1, 400)}"
