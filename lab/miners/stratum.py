# SPDX-License-Identifier: Apache-2.0
"""`mining.subscribe`, `mining.authorize`, `mining.notify`, `mining.submit`: the trunk of most dialects but Monero's.

Error codes: 20 other, 21 job not found, 22 duplicate, 23 low difficulty, 24 unauthorised (public pool documents). A
dialect adds what its subscription returns, how difficulty is told, and the fields of a job and of a share.
"""

from typing import Any

from lab.miners.failover import Redirected
from lab.miners.json_rpc import Message
from lab.miners.miner import Miner
from lab.miners.pool import Pool, PoolHabits, Session

_ERRORS = {"stale": (21, "Job not found"), "low": (23, "Low difficulty share")}


class StratumPool(Pool):
    def __init__(self, habits: PoolHabits, chain, random) -> None:
        super().__init__(habits, chain, random)
        self._error_field = random.random() < 0.75
        self._push_id = {"id": None} if random.random() < 0.75 else {}
        self._error_tail = [[None], []][random.random() < 0.15]
        self._stale_text = random.choice(("Job not found", "Stale share", "Job not found (=stale)", "stale"))

    def subscription(self, session: Session) -> Any:
        raise NotImplementedError

    def difficulty_push(self, session: Session) -> Message | None:
        raise NotImplementedError

    def job(self, session: Session, clean: bool) -> list:
        """Parameters of mining.notify."""
        raise NotImplementedError

    def answer(self, session: Session, message: Message) -> None:
        method = message.get("method")
        if method == "mining.subscribe":
            with session.burst(self.habits.bursts):
                session.send(self.reply(message, self.subscription(session)))
                self.after_subscription(session)
        elif method == "mining.authorize":
            with session.burst(self.habits.bursts):
                session.send(self.reply(message, True))
                if not session.ready:
                    self.begin(session)
        elif method == "mining.submit":
            self._judge(session, message)
        else:
            self.answer_other(session, message)

    def after_subscription(self, session: Session) -> None:
        """Some pools tell difficulty and job already here."""

    def begin(self, session: Session) -> None:
        """The first difficulty and job."""
        session.ready = True
        self.tell_difficulty(session)
        self.announce(session)

    def answer_other(self, session: Session, message: Message) -> None:
        """mining.extranonce.subscribe and whatever else is asked."""
        session.send(self.reply(message, True))

    def announce(self, session: Session) -> None:
        session.send(self.push("mining.notify", self.job(session, self.is_new_block(session))))

    def tell_difficulty(self, session: Session) -> None:
        if push := self.difficulty_push(session):
            session.send(push)

    def redirect(self, session: Session) -> None:
        session.send(self.push("client.reconnect", []))

    def push(self, method: str, params: Any) -> Message:
        return self._push_id | {"method": method, "params": params}

    def reply(self, request: Message, result: Any) -> Message:
        return {"id": request.get("id"), "result": result} | ({"error": None} if self._error_field else {})

    def refuse(self, request: Message, code: int, text: str, result: Any = None) -> Message:
        return {"id": request.get("id"), "result": result, "error": [code, text, *self._error_tail]}

    def submitted_job(self, message: Message) -> str:
        return message["params"][1]

    def _judge(self, session: Session, message: Message) -> None:
        fault = self.fault(session, self.submitted_job(message))
        if fault is None:
            session.send(self.reply(message, True))
        else:
            code, text = _ERRORS[fault]
            session.send(self.refuse(message, code, self._stale_text if fault == "stale" else text))
        before = session.difficulty.value
        self.retarget(session)
        if session.difficulty.value != before and self.habits.bursts:
            self.announce(session)  # many pools let a new difficulty begin with a new job


class StratumMiner(Miner):
    async def request(self, method: str, params: Any) -> Message:
        return await self.ask(self.call(method, params))

    def call(self, method: str, params: Any) -> Message:
        return {"id": self.new_id(), "method": method, "params": params}

    def understand(self, message: Message) -> None:
        method, params = message.get("method"), message.get("params")
        if method == "mining.notify":
            self.take_notify(params)
        elif method == "mining.set_difficulty":
            self.take_difficulty(params[0] * self.hashes_of_difficulty_1())
        elif method == "client.reconnect":
            raise Redirected(self.random.uniform(0, 10))
        elif method:
            self.understand_other(method, params)

    def take_notify(self, params: list) -> None:
        self.take_job(params)

    def hashes_of_difficulty_1(self) -> float:
        return 2.0**32

    def understand_other(self, method: str, params: Any) -> None:
        """set_extranonce, set_target, show_message ..."""
