"""Customers of a Shopify shop over GraphQL: 200 whatever happens, and the errors within."""

from typing import Any

from tests.laboratory.accounts import Account
from tests.laboratory.wire import Asked, Reply

PREFIX = "gid://shopify/Customer/"


def answer(account: Account, asked: Asked) -> Reply:  # noqa: PLR0911 (an address each)
    if not asked.headers.get("x-shopify-access-token"):
        return Reply(401, {"errors": "[API] Invalid API key or access token"})
    if asked.method != "POST" or asked.path[:2] != ("admin", "api"):
        return Reply(404, {"errors": "Not Found"})
    if wrong := account.extra.get("error"):
        return Reply(200, {"errors": [{"message": wrong, "extensions": {"code": wrong}}]})
    said = asked.json() or {}
    query, variables = said.get("query", ""), said.get("variables", {})
    if "customerRequestDataErasure" in query:
        return _request(account, variables)
    if "customerCancelDataErasure" in query:
        return _cancel(account, variables)
    if "customer(" in query or "customers(" in query or "customerByIdentifier" in query:
        return _shown(account, variables)
    return Reply(200, {"errors": [{"message": "unknown query"}]})


def _request(account: Account, variables: dict[str, Any]) -> Reply:
    found = account.find("id", _number(variables))
    if not found:
        return _done("customerRequestDataErasure", None, "DOES_NOT_EXIST")
    account.erase([found])
    return _done("customerRequestDataErasure", variables["customerId"], "")


def _cancel(account: Account, variables: dict[str, Any]) -> Reply:
    found = account.find("id", _number(variables))
    for job in account.jobs.values():
        job.is_done = job.is_done or found in job.people
    return _done("customerCancelDataErasure", variables.get("customerId"), "")


def _shown(account: Account, variables: dict[str, Any]) -> Reply:
    found = account.find("id", _number(variables))
    if not found and account.effects[_number(variables)]:
        return Reply(200, {"data": {"customer": _emptied(variables)}})
    if not found:
        return Reply(200, {"data": {"customer": None}})
    held = {"firstName": "Ann", "lastName": "Example", "defaultPhoneNumber": None}
    address = {"defaultEmailAddress": {"emailAddress": found.ids.get("email", "")}}
    return Reply(200, {"data": {"customer": _emptied(variables) | held | address}})


def _emptied(variables: dict[str, Any]) -> dict[str, Any]:
    """What is left of an erased customer: the record, without the person."""
    nothing = dict.fromkeys(("firstName", "lastName", "defaultEmailAddress", "defaultPhoneNumber"))
    return {"id": variables.get("customerId")} | nothing


def _number(variables: dict[str, Any]) -> str:
    return str(variables.get("customerId", "")).removeprefix(PREFIX)


def _done(name: str, customer: str | None, code: str) -> Reply:
    errors = [{"field": ["customerId"], "message": code, "code": code}] if code else []
    return Reply(200, {"data": {name: {"customerId": customer, "userErrors": errors}}})
