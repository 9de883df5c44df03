# SPDX-License-Identifier: Apache-2.0
"""Several things one client does at the same time."""

import asyncio
from collections.abc import Coroutine
from typing import Any


async def together(*acts: Coroutine[Any, Any, None]) -> None:
    """Until the first of them ends or fails, which ends the others too; its exception is raised."""
    tasks = [asyncio.ensure_future(act) for act in acts]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
