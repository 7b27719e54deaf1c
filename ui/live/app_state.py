"""What all pages and sockets of one server share: the store, the open sets, and how a set is judged."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Final

from base.errors import RequestError
from i18n.names import first_name
from patterns.programs.technique import OWN_PACE, Technique, load_technique
from patterns.templates.errors import TechniqueError
from patterns.templates.library import load_template, sided, use_own
from patterns.templates.template import Side, Template
from scoring.coach.coach import Coach
from scoring.coach.feedback import Feedback, stage_after
from scoring.pacing.pacer import Pacer
from scoring.setup.guide import Guide
from scoring.setup.setup_coach import SetupCoach
from sessions.history.practice_clearance import standing_now
from sessions.people.access import HOME, NotAllowedError
from sessions.store.exercise_repository import ApprovedSource
from sessions.store.records import SessionStart
from sessions.store.store import Store
from ui.live.figure_json import SOLVING
from ui.live.live_set import Judge, LiveSet
from ui.live.messages import Begin
from ui.live.open_sets import OpenSets
from ui.live.set_flow import Flow
from ui.live.set_recorder import SetRecord
from ui.signin.clinic import Clinic, ClinicNow, read_clinic
from ui.signin.downloads import Downloads
from ui.signin.page_sessions import PageSessions
from ui.signin.page_tokens import Holder, holder_of
from ui.signin.sign_in import SIGNED_OUT, SignInRules
from vision.backends.backend import BACKENDS, PoseBackend, chosen_model
from vision.worker.pool import SpareEyes
from vision.worker.process import WorkerEye

HOSTS: Final = ("127.0.0.1", "localhost")


TOO_OLD: Final = "This page has been open for too long: open it anew, then press Start."
GONE: Final = "The records of this person were deleted. Open the page again and choose who practises."
ANSWER_FIRST: Final = "First answer the questions before practising: open the page anew and press Start."


class NotNowError(RequestError):
    """A set may not begin now: a question is open, or an answer has stopped practising; the message says what to do."""


def _nothing() -> None:
    """Nothing needs to be ready."""


@dataclass(frozen=True)
class Workplace:
    """One server's shared parts.

    hosts: the names under which it may be reached; secret: signs its tokens. warm: opens in the background what the
    next set will need. clinic: who is who where people sign in, None at home; clinic_now: as its file has it now.
    secure: whether people reach it by https. decided: to be called when an exercise of an author was approved or
    withdrawn.
    """

    store: Store
    open_judge: Callable[[Template, Side, Technique | None], Judge]
    hosts: tuple[str, ...] = HOSTS
    secret: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    sets: OpenSets = field(default_factory=OpenSets)
    downloads: Downloads = field(default_factory=Downloads)
    pages: PageSessions = field(default_factory=PageSessions)
    warm: Callable[[], None] = _nothing
    clinic: Clinic | None = None
    clinic_now: Callable[[], Clinic] | None = None
    secure: bool = False
    decided: Callable[[], None] = _nothing

    def get_ready(self) -> None:
        """Prepare for another set, where there is room for one."""
        if self.sets.room:
            self.warm()

    def begin_set(self, request: Begin) -> LiveSet:
        """A set ready for its first frame; takes about as long as opening the network. From here on it is one person's.

        Raises TemplateError, SideError, TechniqueError for what there is not, EyeError where nothing can look,
        NotNowError where the person must answer first or has been stopped; a demo is free to all. NotAllowedError where
        the page may not practise any more, see holder.
        """
        viewer = self.holder(request.ticket).viewer
        named = replace(self.store, me=first_name(request.language))
        person = named.seen_by(viewer).people.own(make=True)
        store = self.store.seen_by(viewer if person is None else replace(viewer, person_id=person.id))
        if request.source == "live":
            _check_standing(store)
        template = load_template(request.pattern)
        sided(template, request.side)
        technique = None if request.technique == OWN_PACE else _allowed(store, request.technique, template)
        judge = self.open_judge(template, request.side, technique)
        start = SessionStart(
            template.id,
            template.version,
            template.sha256,
            request.side,
            template.view,
            request.source,
            judge.eye.name,
            judge.eye.model,
            judge.eye.weights_sha256,
            template.rep.ready_s,
            technique=None if technique is None else technique.id,
            technique_sha256=None if technique is None else technique.sha256,
        )
        flow = _flow(store, template, technique, request, judge)
        judged_with = (template,) if technique is None else (template, technique)
        record = SetRecord(store, start, judged_with)
        return LiveSet(template, request.side, judge, flow, record, request.language, person)

    @property
    def sign_in_rules(self) -> SignInRules | None:
        """Return who is signed in; None at home, where nobody signs in."""
        if self.clinic is None:
            return None
        return SignInRules(self.store, self.clinic if self.clinic_now is None else self.clinic_now())

    def holder(self, ticket: str) -> Holder:
        """Return as whom a page practises.

        Raises NotAllowedError for a ticket that is too old, or whose person, role or sign-in is not there any more.
        """
        rules = self.sign_in_rules
        if not ticket and rules is None:
            return Holder(HOME)
        now_s = time.time()
        known = holder_of(ticket, self.secret, now_s)
        if known is None or (rules is None) != (known.viewer.role == HOME.role):
            raise NotAllowedError(TOO_OLD)
        if rules is not None:
            sign_in = rules.of_id(known.sign_in_id, now_s)
            chosen = None if sign_in is None or sign_in.role == "patient" else known.viewer.person_id
            if sign_in is None or known.viewer != replace(
                sign_in.viewer, person_id=chosen or sign_in.person_id
            ):
                raise NotAllowedError(SIGNED_OUT)
        person_id = known.viewer.person_id
        if person_id is not None and not self.store.people.is_kept(person_id):
            raise NotAllowedError(GONE)
        return known


def enabled(store: Store) -> Collection[str]:
    """Techniques that a therapist has enabled, with the program that was given."""
    plan = store.plan()
    return () if plan is None else plan.program.therapist_enables


def _check_standing(store: Store) -> None:
    now = standing_now(store)
    if now.state == "ask":
        raise NotNowError(ANSWER_FIRST)
    if now.state == "stop":
        raise NotNowError(" ".join(now.advice.sentences))


def _allowed(store: Store, name: str, template: Template) -> Technique:
    """The technique of that id. Raises TechniqueError where it does not suit or a therapist has not enabled it."""
    technique = load_technique(name)
    technique.check(template)
    if technique.needs_therapist and name not in enabled(store):
        raise TechniqueError(f"technique {name}: only a therapist may enable it; choose another")
    return technique


def _flow(
    store: Store, template: Template, technique: Technique | None, request: Begin, judge: Judge
) -> Flow:
    """A demo recording needs no set-up; what an earlier set found of this camera need not be found again."""
    fading = stage_after(store.sets_of(template.id))
    stage = fading if request.feedback == "fade" else request.feedback
    setup = SetupCoach(template, request.side, request.sides_known, request.mirrored, request.hand)
    return Flow(
        judge.coach,
        Feedback(template, request.side, stage),
        setup if request.source == "live" else None,
        request.goal,
        None if technique is None else Pacer(technique, template, request.goal),
        request.seconds,
        judge.guide,
    )


def open_backend() -> PoseBackend:
    """The default pose backend with the chosen model. Raises WeightsError."""
    return BACKENDS["onnx"](chosen_model())


@cache
def eyes() -> SpareEyes:
    """The eyes of this process, each in a process of its own."""
    return SpareEyes(lambda: WorkerEye(chosen_model()))


def open_judge(template: Template, side: Side, technique: Technique | None) -> Judge:
    """An eye, a Coach and what leads the movement. Raises EyeError."""
    coach = Coach(template, side, template.rep.ready_s, technique)
    with SOLVING:
        guide = Guide(template, side)
    return Judge(eyes().take(), coach, lambda update: guide.step(update, coach.sight))


@cache
def workplace() -> Workplace:
    """The one workplace of this process; opens the store when first asked for. Raises StoreError, ClinicError.

    From then on the library of this process has the exercises that authors made.
    """
    clinic = read_clinic()
    store = Store.open()
    own = ApprovedSource(lambda: store.exercises)
    use_own(own)
    if clinic is None:
        return Workplace(store, open_judge, warm=eyes().warm, decided=own.forget)
    hosts = (*HOSTS, clinic.host)
    return Workplace(
        store,
        open_judge,
        hosts,
        warm=eyes().warm,
        clinic=clinic.clinic,
        clinic_now=ClinicNow(clinic),
        secure=clinic.secure,
        decided=own.forget,
    )
