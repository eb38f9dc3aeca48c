"""Ten guardrails of a company, in force while checks are measured.

Two concern every use that is asked about and ask something of the caller; the others concern other
channels, campaigns, attributes and regions. None denies what the law permits here, so that answers
stay those of the law; a caller that left its channel unsaid would be denied by those that name one.
"""

from typing import Any

from benchmarks.people import MARKETING, PERSONALISATION

SAID = {"en": "A rule of the company says so.", "hi": "कंपनी का एक नियम ऐसा कहता है।"}


def ten() -> list[dict[str, Any]]:
    asked = [
        _rule(f"why_{number}", {"purposes": [purpose]},
              {"kind": "require", "obligation": "show_reason"})
        for number, purpose in enumerate((MARKETING, PERSONALISATION))
    ]  # fmt: skip
    matches: tuple[dict[str, Any], ...] = (
        {"channels": ["sms"]}, {"channels": ["phone"]}, {"campaigns": ["monsoon_credit"]},
        {"attributes": ["health.condition"]}, {"attributes": ["religion"]},
        {"purposes": [MARKETING], "regions": ["US-CA"]}, {"campaigns": ["fast_credit"]},
        {"purposes": ["research.*"], "operations": ["Profiling"]},
    )  # fmt: skip
    others = [_rule(f"no_{n}", match, {"kind": "deny"}) for n, match in enumerate(matches)]
    return asked + others


def _rule(code: str, match: dict[str, Any], effect: dict[str, Any]) -> dict[str, Any]:
    return {"code": code, "title": "A rule", "match": match, "effect": effect,
            "text": SAID, "person": SAID}  # fmt: skip
