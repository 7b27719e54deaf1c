"""What is looked after while the server runs: places of silent pages, and sets whose sign-in or person is gone."""

from __future__ import annotations

import asyncio
import time
from typing import Final

from base.console import write_error
from sessions.database.connection import StoreError
from ui.live.app_state import Workplace
from ui.signin.sign_in import CHECK_S

_LOOK_S: Final = 1.0


async def look_after_sets(place: Workplace) -> None:
    """Look every second, without end. A database that fails for a while is reported on stderr, and asked again."""
    next_s = 0.0
    while True:
        await place.sets.end_silent()
        if time.monotonic() >= next_s:
            next_s = time.monotonic() + CHECK_S
            try:
                await end_signed_out(place)
                await end_deleted(place)
            except StoreError as error:
                write_error(str(error))
        await asyncio.sleep(_LOOK_S)


async def end_signed_out(place: Workplace) -> None:
    """End the sets, and the waiting for one, of everybody whose sign-in has ended."""
    rules = place.sign_in_rules
    if rules is None:
        return
    for number in place.sets.sign_ins():
        if await asyncio.to_thread(rules.of_id, number, time.time()) is None:
            await place.sets.end_sign_in(number)


async def end_deleted(place: Workplace) -> None:
    """End the sets of everybody who was deleted."""
    for number in place.sets.people():
        if not await asyncio.to_thread(place.store.people.is_kept, number):
            await place.sets.end_deleted(number)
