"""One live set, kept on the server: pictures in, messages out, repetitions stored; outlives a connection."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from dataclasses import dataclass
from typing import Any, Final

from base.errors import DiagonalError, RequestError
from i18n.translation import ENGLISH
from patterns.templates.template import Side, Template
from scoring.records.records import RepScore
from sessions.people.people import Person, PersonGoneError
from ui.live.clock import LiveMessageError, SetClock
from ui.live.messages import Timings, bone_roles, read_frame, rep_message
from ui.live.set_flow import Flow, Leading, SetCoach
from ui.live.set_recorder import SetRecord
from ui.widgets.plain_errors import reported
from vision.analysis.frame_analyzer import Eye
from vision.pose import PoseFrame
from vision.video.sources import jpeg_size

NOT_SAVED: Final = "This set could not be saved."
NOT_YET: Final = "This repetition is not saved yet; it will be tried again."
SHORTEST_SIDE: Final = 32
LONGEST_TO_SHORTEST: Final = 4


@dataclass(frozen=True)
class Judge:
    """The parts that turn a picture into a judgement, for one set alone. guide: what leads it, None for nothing."""

    eye: Eye
    coach: SetCoach
    guide: Leading | None = None


class LiveSet:
    """A set from begin to finish. Its work runs one piece at a time in its own thread, `worker`.

    pictures: how many pictures of a camera came. person: to whom it is saved.
    """

    def __init__(
        self,
        template: Template,
        side: Side,
        judge: Judge,
        flow: Flow,
        record: SetRecord,
        language: str = ENGLISH,
        person: Person | None = None,
    ) -> None:
        self.language = language
        self.pictures = 0
        self._person = person
        self.worker = ThreadPoolExecutor(1, thread_name_prefix="live-set")
        self._template = template
        self._side = side
        self._source = record.start.source_kind
        self._hold_s = record.start.hold_s
        self._judge = judge
        self._flow = flow
        self._record = record
        self._clock = SetClock()
        self._size_wh: tuple[int, int] | None = None
        self._latest: dict[str, Any] | None = None
        self._reps: list[RepScore] = []
        self._summary: dict[str, Any] | None = None

    @property
    def pattern(self) -> str:
        """Return the id of its exercise."""
        return self._template.id

    @property
    def side(self) -> Side:
        """Return the side on which it is done."""
        return self._side

    @property
    def person_id(self) -> int | None:
        """Return the number of the person to whom it is saved; None where nobody is saved."""
        return None if self._person is None else self._person.id

    def new_connection(self) -> None:
        """Expect frames of another connection, with a clock of its own. Runs in the worker."""
        self._clock.new_connection()

    def facts(self) -> dict[str, Any]:
        """What a page must know to show this set, after a reload too."""
        latest = self._latest or {}
        return {
            "pattern": self._template.id,
            "title": self._template.title,
            "side": self._side,
            "source": self._source,
            "setup": self._template.setup,
            "command": self._template.command,
            "bones": bone_roles(self._template, self._side),
            "size_wh": self._size_wh,
            "hold_s": self._hold_s,
            "goal": self._flow.goal,
            "zone": [self._template.rep.end_zone, 1.0],
            "repetitions": latest.get("repetitions", 0),
            "attempts": latest.get("attempts", 0),
            "closed": rep_message(self._reps[-1]) if self._reps else None,
            "in_setup": self._flow.in_setup,
            "person": None if self._person is None else {"id": self._person.id, "name": self._person.alias},
            "mirrored": self._flow.mirrored,
        }

    def step(self, data: bytes, received_s: float) -> dict[str, Any]:
        """The message that answers a frame, received at time.monotonic(). Runs in the worker.

        A frame that cannot be used is answered with one line and changes nothing.
        """
        began_s = time.monotonic()
        try:
            capture_s, jpeg = read_frame(data)
            size_wh = jpeg_size(jpeg)
            self._check_size(*size_wh)
            clock = copy(self._clock)
            t_s = clock.accept(capture_s, received_s)
            looked = self._judge.eye.look(t_s, jpeg, mirrored=self._flow.mirrored, count=self._flow.in_setup)
        except DiagonalError as error:
            self.pictures += not isinstance(error, RequestError)  # then it is not the page that failed
            return {"type": "error", "message": reported(error)}
        self.pictures += 1
        self._size_wh, self._clock = size_wh, clock
        looked_s = time.monotonic()
        stepped = self._flow.step(looked.pose, looked.facts, looked.people)
        guided_s = time.monotonic()
        problem = "" if stepped.judged is None else self._kept(stepped.judged, stepped.closed)
        ends_s = (looked_s, stepped.coached_s, guided_s, time.monotonic())
        timings = Timings.of(received_s, began_s, looked, ends_s)
        if stepped.judged is not None:
            self._latest = stepped.message
        return stepped.message | {
            "capture_s": capture_s,
            "timings": timings.message(),
            "problem": problem,
        }

    def asked(self) -> dict[str, Any]:
        """What the person did well and what to change, because the person asks. Runs in the worker."""
        return self._flow.asked()

    def skip_setup(self) -> None:
        """Begin without what the set-up still waits for. Runs in the worker."""
        self._flow.skip_setup()

    def finish(self) -> dict[str, Any]:
        """End the set and save it; the same summary each time. Runs in the worker."""
        if self._summary is None:
            last, told = self._flow.finish()
            self._reps.extend(last)
            problem, session_id = "", None
            try:
                session_id = self._record.finish(last)
            except DiagonalError as error:
                problem = f"{NOT_SAVED} {reported(error)}"
            self._judge.eye.close()
            totals = [r.total for r in self._reps if r.kind == "repetition" and r.total is not None]
            self._summary = {
                "type": "finished",
                "session": session_id,
                "problem": problem,
                "repetitions": sum(r.kind == "repetition" for r in self._reps),
                "attempts": sum(r.kind == "attempt" for r in self._reps),
                "mean_total": round(sum(totals) / len(totals)) if totals else None,
                "told": told,
            }
        return self._summary

    def _kept(self, pose: PoseFrame, closed: RepScore | None) -> str:
        """Store what there is to store; a sentence where that failed, else nothing."""
        if closed is not None:
            self._reps.append(closed)
        try:
            self._record.add(pose, closed)
        except PersonGoneError as error:
            return f"{NOT_SAVED} {error}"
        except DiagonalError as error:
            reported(error)
            return NOT_YET
        return ""

    def _check_size(self, width: int, height: int) -> None:
        """Refuse a picture of another size than the set's, or, as its first, one that no camera makes."""
        if self._size_wh is not None and (width, height) != self._size_wh:
            raise LiveMessageError(
                f"frame: expected a picture of {self._size_wh[0]} x {self._size_wh[1]} as before, "
                f"got {width} x {height}"
            )
        if min(width, height) < SHORTEST_SIDE or max(width, height) > LONGEST_TO_SHORTEST * min(
            width, height
        ):
            raise LiveMessageError(
                f"frame: expected a camera's picture, {SHORTEST_SIDE} pixels or more a side and at most "
                f"{LONGEST_TO_SHORTEST} times as long as wide, got {width} x {height}"
            )
