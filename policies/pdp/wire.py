"""The messages of the AuthZEN Authorization API 1.0: what comes in becomes a question, strictly.

I-JSON is enforced (unique names, valid Unicode), unknown members are ignored, typed members may
not be null. An error names the place and never the value: values can be personal data.
"""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Annotated, Any, Literal, TypeVar

import msgspec

from policies import texts
from policies.pdp.model import AIUse, Decision, Facts, Question, Reason
from policies.pdp.policy import Words
from policies.pdp.wire_duties import Duty, cure, duties
from policies.rules.caller import CUSTOMER

MAX_DEPTH = 32
MAX_ITEMS = 10_000
MAX_LENGTH = 256
_WHITESPACE = b" \t\n\r"
_ESCAPED_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Semantic = Literal["execute_all", "deny_on_first_deny", "permit_on_first_permit"]
SEMANTICS: tuple[Semantic, ...] = ("execute_all", "deny_on_first_deny", "permit_on_first_permit")

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_LENGTH)]
Text = Annotated[str, msgspec.Meta(max_length=MAX_LENGTH)]
Texts = Annotated[tuple[Text, ...], msgspec.Meta(max_length=MAX_LENGTH)]
T = TypeVar("T")


class WireError(Exception):
    """The whole message cannot be read: HTTP 400, with this sentence as the body."""


class Item(msgspec.Struct, gc=False, frozen=True):
    """One evaluation as asked. With an `error` it is denied unread, and the rest goes on."""

    question: Question
    resource_id: str = ""
    scheme: str = ""  # how `resource_id` is to be looked up; empty: it is our own subject id
    error: str = ""
    told: dict[str, Any] = {}  # properties that only what is no customer has


class Batch(msgspec.Struct, frozen=True):
    """The evaluations of one message. `is_single`: answer as to a single evaluation."""

    items: tuple[Item, ...]
    semantic: Semantic = "execute_all"
    is_single: bool = False


class _Subject(msgspec.Struct, frozen=True):
    type: Name
    id: Name
    properties: dict[str, Any] = {}


class _AI(msgspec.Struct, frozen=True):
    model: Text = ""
    automation: Text = "FullAutomation"
    significant: bool = True


class _ActionProperties(msgspec.Struct, frozen=True):
    purpose: Text = ""
    operations: Texts = ()
    data: Texts = ()
    recipients: Texts = ()
    attributes: Texts = ()
    channel: Text = ""
    destination: Text = ""
    commitment: Text | None = None
    system: Text = ""
    case: Text = ""
    collected_for: Text = ""
    ai: _AI | None = None
    soft: Any = None


class _Action(msgspec.Struct, frozen=True):
    name: Name
    properties: _ActionProperties = _ActionProperties()


class _ResourceProperties(msgspec.Struct, frozen=True):
    scheme: Text = ""
    status: Any = None


class _Resource(msgspec.Struct, frozen=True):
    type: Name
    id: Name
    properties: _ResourceProperties = _ResourceProperties()


class _Setting(msgspec.Struct, frozen=True):
    """The context of a use, as far as we ask for it."""

    campaign: Text = ""
    item: Text = ""
    trigger: Text = ""
    gpc: bool | Text = False  # the Sec-GPC header as received, or whether it was exactly 1
    supported_obligations: Texts | None = None


_NO_SETTING = _Setting()


class _Evaluation(msgspec.Struct, frozen=True):
    subject: _Subject
    action: _Action
    resource: _Resource
    context: _Setting = _NO_SETTING


class _Defaults(msgspec.Struct, frozen=True):
    """An evaluation of which the rest is said elsewhere; also the top level of a batch."""

    subject: _Subject | msgspec.UnsetType = msgspec.UNSET
    action: _Action | msgspec.UnsetType = msgspec.UNSET
    resource: _Resource | msgspec.UnsetType = msgspec.UNSET
    context: _Setting | msgspec.UnsetType = msgspec.UNSET


class _Options(msgspec.Struct, frozen=True):
    evaluations_semantic: str = "execute_all"


class _Envelope(msgspec.Struct, frozen=True):
    evaluations: list[Any] = []
    options: _Options = _Options()


_UNTYPED = msgspec.json.Decoder(dict[str, Any])


def parse_evaluation(body: bytes) -> Item:
    """Read one AuthZEN evaluation request. Raises WireError."""
    return evaluation(read(body))


def evaluation(message: dict[str, Any]) -> Item:
    """Read one AuthZEN evaluation from a decoded message. Raises WireError."""
    return _whole(_evaluation, message)


def parse_evaluations(body: bytes, limit: int = MAX_ITEMS) -> Batch:
    """Read an AuthZEN evaluations request of at most `limit` items.

    Members at the top stand in for absent members of an item, whole object by whole object. A
    faulty item becomes one that denies; a fault of the message as a whole raises WireError.
    Without evaluations the message is a single evaluation.
    """
    message = read(body)
    envelope = _whole(lambda tree: msgspec.convert(tree, _Envelope), message)
    semantic = _semantic(envelope.options.evaluations_semantic)
    if not envelope.evaluations:
        return Batch((_whole(_evaluation, message),), semantic, is_single=True)
    if len(envelope.evaluations) > limit:
        raise WireError(f"More than {limit} evaluations in one request")
    defaults = _whole(lambda tree: msgspec.convert(tree, _Defaults), message)
    same: dict[str, Question] = {}
    return Batch(tuple(_item(each, defaults, same) for each in envelope.evaluations), semantic)


def _whole(read: Callable[[dict[str, Any]], T], message: dict[str, Any]) -> T:
    try:
        return read(message)
    except msgspec.ValidationError as error:
        raise WireError(str(error)) from None


def _semantic(value: str) -> Semantic:
    for known in SEMANTICS:
        if value == known:
            return known
    raise WireError("Unknown value - at `$.options.evaluations_semantic`")


def _evaluation(message: dict[str, Any]) -> Item:
    asked = msgspec.convert(message, _Evaluation)
    question = _question(asked.subject, asked.action, asked.resource.type, asked.context)
    return _about(question, asked.subject, asked.action, asked.resource)


def _item(evaluation: object, defaults: _Defaults, same: dict[str, Question]) -> Item:
    """One item; `same` keeps the question of those that only name another resource, by its type."""
    try:
        own = msgspec.convert(evaluation, _Defaults)
    except msgspec.ValidationError as error:
        return Item(Question(), error=str(error))
    subject = defaults.subject if own.subject is msgspec.UNSET else own.subject
    action = defaults.action if own.action is msgspec.UNSET else own.action
    resource = defaults.resource if own.resource is msgspec.UNSET else own.resource
    setting = defaults.context if own.context is msgspec.UNSET else own.context
    if subject is msgspec.UNSET:
        return Item(Question(), error="Object missing required field `subject`")
    if action is msgspec.UNSET:
        return Item(Question(), error="Object missing required field `action`")
    if resource is msgspec.UNSET:
        return Item(Question(), error="Object missing required field `resource`")
    kind, is_same = resource.type, own.subject is own.action is own.context is msgspec.UNSET
    question = same.get(kind) if is_same else None
    if question is None:
        setting = _NO_SETTING if setting is msgspec.UNSET else setting
        question = _question(subject, action, kind, setting)
        if is_same:
            same[kind] = question
    return _about(question, subject, action, resource)


def _about(question: Question, subject: _Subject, action: _Action, resource: _Resource) -> Item:
    scheme = resource.properties.scheme
    if resource.type == CUSTOMER:
        return Item(question, resource.id, scheme)
    told = {
        "role": subject.properties.get("role"), "soft": action.properties.soft,
        "status": resource.properties.status,
    }  # fmt: skip
    return Item(question, resource.id, scheme, told=told)


def _question(subject: _Subject, action: _Action, kind: str, setting: _Setting) -> Question:
    wanted = action.properties
    return Question(
        action=action.name, purpose=wanted.purpose, caller=subject.id, caller_type=subject.type,
        resource_type=kind, operations=wanted.operations, data=wanted.data,
        recipients=wanted.recipients, attributes=wanted.attributes,
        channel=wanted.channel, destination=wanted.destination,
        system=wanted.system, case=wanted.case, collected_for=wanted.collected_for,
        commitment=wanted.commitment or "", campaign=setting.campaign, item=setting.item,
        trigger=setting.trigger, supported=setting.supported_obligations,
        ai=None if wanted.ai is None else _ai(wanted.ai),
        gpc=bool(setting.gpc) and _is_signalled(setting.gpc),
    )  # fmt: skip


def _ai(told: _AI) -> AIUse:
    return AIUse(model=told.model, automation=told.automation, is_significant=told.significant)


def _is_signalled(gpc: bool | str) -> bool:
    """Whether a Sec-GPC header says so: one of its fields is exactly 1, as the draft has it."""
    if isinstance(gpc, bool):
        return gpc
    return any(each.strip(" \t") == "1" for each in gpc.split(","))


def read(body: bytes) -> dict[str, Any]:
    """Decode strictly: an I-JSON object of bounded depth. Raises WireError."""
    try:
        tree = _UNTYPED.decode(body)
        if not _is_plain(body, tree):
            _refuse_disguise(body, tree)
    except (msgspec.DecodeError, UnicodeError, ValueError, RecursionError) as error:
        raise WireError(_explain(error)) from None
    if body.count(b"{") + body.count(b"[") > MAX_DEPTH:
        _refuse_depth(tree)
    return tree


def _is_plain(body: bytes, tree: dict[str, Any]) -> bool:
    """Prove cheaply that no name is repeated: what was decoded, written again, is the same text.

    Taking white space out, even of strings, keeps the members of a JSON text, so equality shows
    that no member was lost. Anything with an escape, or a number spelled unusually, takes the
    slow and exact road instead.
    """
    if b"\\" in body:
        return False
    again = msgspec.json.encode(tree)
    return again == body or again.translate(None, _WHITESPACE) == body.translate(None, _WHITESPACE)


def _refuse_disguise(body: bytes, tree: dict[str, Any]) -> None:
    again = msgspec.json.encode(tree)  # raises UnicodeEncodeError on a lone surrogate
    if b"\\u0000" in again and _ESCAPED_NUL.search(again):
        raise ValueError("a string contains NUL")
    json.loads(body, object_pairs_hook=_distinct)


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("an object repeats a name")
    return members


def _refuse_depth(tree: dict[str, Any]) -> None:
    level: list[Any] = [tree]
    for _ in range(MAX_DEPTH):
        values = [each.values() if type(each) is dict else each for each in level]
        level = [each for group in values for each in group if type(each) in (dict, list)]
        if not level:
            return
    raise WireError(f"The request is nested deeper than {MAX_DEPTH} levels")


def _explain(error: Exception) -> str:
    if isinstance(error, UnicodeError):
        return "The request is not valid UTF-8"
    if isinstance(error, RecursionError):
        return f"The request is nested deeper than {MAX_DEPTH} levels"
    if isinstance(error, msgspec.DecodeError):
        return str(error)
    return f"The request is not I-JSON: {error}"


class _Context(msgspec.Struct, omit_defaults=True):
    decision_id: str
    reason_code: str
    rule: str
    reasons: msgspec.Raw
    reason_admin: msgspec.Raw
    reason_user: msgspec.Raw
    packs: tuple[str, ...]
    policy_version: str
    legal_refs: msgspec.Raw
    obligations: tuple[Duty, ...]
    basis: dict[str, str] = {}
    consent_record: str = ""
    valid_until: datetime | None = None
    cure: dict[str, str] = {}
    error: dict[str, str | int] = {}


class _Answer(msgspec.Struct):
    decision: bool
    context: _Context


_ENCODER = msgspec.json.Encoder()


def answer(
    decision: Decision,
    decision_id: str,
    facts: Facts | None = None,
    *,
    cure_url: str = "",
    error: str = "",
    words: Words | None = None,
) -> bytes:
    """Write one AuthZEN decision; of the facts only the consent record is told.

    `cure_url` goes with a cure that only the person can perform. `error` explains the denial of
    an item that cannot be read. `words` are those of the company's rule that decided.
    """
    reasons, admin, user, refs = _said(decision.reasons)
    if words is not None:
        admin, user = (msgspec.Raw(_ENCODER.encode(each)) for each in (words.admin, words.user))
    context = _Context(
        decision_id=decision_id, reason_code=decision.reason_code, rule=decision.rule,
        reasons=reasons, reason_admin=admin, reason_user=user, packs=decision.packs,
        policy_version=decision.policy_version, legal_refs=refs, basis=decision.basis,
        obligations=duties(decision.obligations, cure_url),
        consent_record=facts.consent.record if facts is not None else "",
        cure=cure(decision.cure, cure_url),
    )  # fmt: skip
    if decision.valid_until is not None:
        context.valid_until = _EPOCH + timedelta(microseconds=decision.valid_until)
    if error:
        context.error = {"status": 400, "message": error}
    return _ENCODER.encode(_Answer(decision.permit, context))


def answers(written: list[bytes]) -> bytes:
    """Write an AuthZEN evaluations response from single answers, in their order."""
    return b'{"evaluations":[' + b",".join(written) + b"]}"


@lru_cache(maxsize=4096)
def _said(
    reasons: tuple[Reason, ...],
) -> tuple[msgspec.Raw, msgspec.Raw, msgspec.Raw, msgspec.Raw]:
    code = reasons[0].code
    parts = (
        reasons,
        _in_languages(code, "admin"),
        _in_languages(code, "user"),
        tuple(dict.fromkeys(ref for reason in reasons for ref in reason.refs)),
    )
    first, second, third, fourth = (msgspec.Raw(_ENCODER.encode(part)) for part in parts)
    return first, second, third, fourth


def _in_languages(code: str, audience: texts.Audience) -> dict[str, str]:
    return {
        language: texts.reason_text(code, language=language, audience=audience)
        for language in texts.languages(code, audience)
        if language in texts.TOLD_TO_SERVICES
    }
