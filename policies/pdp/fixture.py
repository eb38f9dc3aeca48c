"""AuthZEN's certification scenario: its users and records as services and people of one tenant.

Its decisions come from what any company's come from: a service is registered for a purpose, and a
person consented to it. Only the words are others, and only behind the keys of that tenant, which
is no company's (`manage.py seed_authzen`). Everywhere else a `user` and a `record` stay unknown.
"""

from collections.abc import Iterator
from typing import Final

from msgspec.structs import replace

from policies.pdp.catalogue import Caller
from policies.pdp.facts import Asked
from policies.pdp.wire import Item
from policies.pdp.wire_search import Entity, Search
from policies.rules.caller import CUSTOMER

SCHEME: Final = "crm"
USER, RECORD = "user", "record"
ADMIN, ARCHIVED = "admin", "archived"
READ, WRITE, DELETE = "read", "write", "delete"
OVERRIDE, ARCHIVE, SOFT, HARD = "override", "archive", "delete_soft", "delete_hard"
PURPOSES: Final = tuple(f"exercise.{one}" for one in (READ, WRITE, OVERRIDE, ARCHIVE, SOFT, HARD))
USERS: Final = {"alice": "", "bob": ADMIN}
"""The role each has where the question says none."""
RECORDS: Final = {"record-1": "active", "record-2": ARCHIVED}
"""The status of each, likewise."""
REGISTERED: Final = {"alice": (READ, WRITE, OVERRIDE, SOFT), "bob": (READ, OVERRIDE)}
"""What each may ask about; nobody writes what is archived without its role, or deletes for good."""


def asked(item: Item, caller: Caller, request: str = "") -> Asked:
    """The question in the decision point's words; what is not of the scenario stays as it is."""
    question, peers = item.question, caller.peers or {}
    doing = _doing(item)
    is_ours = question.caller_type == USER and question.resource_type == RECORD
    if not (is_ours and doing and question.caller in peers and item.resource_id in RECORDS):
        return Asked(item, caller, request)
    said = replace(
        question, action="activate", purpose=f"exercise.{doing}", caller_type="service",
        resource_type=CUSTOMER,
    )  # fmt: skip
    return Asked(Item(said, item.resource_id, SCHEME), peers[question.caller], request)


def _doing(item: Item) -> str:
    """What a user does to a record, by the properties of all three."""
    action, told = item.question.action, item.told
    if action == DELETE:
        return SOFT if told.get("soft") is True else HARD
    if action != WRITE:
        return READ if action == READ else ""
    status = told.get("status") or RECORDS.get(item.resource_id)
    if status != ARCHIVED:
        return WRITE
    role = told.get("role") or USERS.get(item.question.caller)
    return OVERRIDE if role == ADMIN else ARCHIVE


def candidates(search: Search, caller: Caller) -> Iterator[tuple[Entity, Asked]]:
    """Everything that a search could find, each with the question whether it does."""
    item, question = search.item, search.item.question
    if search.kind == "resource" and question.resource_type == RECORD:
        for one in RECORDS:
            about = replace(item, resource_id=one, told={**item.told, "status": None})
            yield Entity(type=RECORD, id=one), asked(about, caller)
    elif search.kind == "subject" and question.caller_type == USER:
        for one in USERS:
            by = replace(item, question=replace(question, caller=one))
            yield Entity(type=USER, id=one), asked(by, caller)
    elif search.kind == "action":
        for one in (READ, WRITE, DELETE):
            doing = replace(item, question=replace(question, action=one))
            yield Entity(name=one), asked(doing, caller)
