"""Companies as the law's illustrations know them: an app that calls, a person who decides."""

from dataclasses import dataclass
from typing import Any

import httpx

from accounts import services as accounts
from consent import services as consent
from registry import services as registry
from tests.api.house import Api
from tests.factories.company import AUTHOR, EVALUATION, Company, company, content
from tests.factories.languages import publish


@dataclass
class House:
    """A company with its app: `api` is the management API, `http` the decision point."""

    made: Company
    http: httpx.Client
    api: Api
    secret: str
    code: str

    @property
    def id(self) -> Any:
        return self.made.id

    def person(self, email: str = "x@example.in", **facts: Any) -> Any:
        return self.made.person(email, **facts)

    def asks_about(self, purpose: str, *, data: tuple[str, ...] = ("pd:Contact",), **words: Any):
        """A purpose on consent and the published notice that asks about it."""
        version = self.made.purpose(purpose, categories=data, is_marketing=False, **words)
        said = content("Before we ask, we say what for.")
        said["items"][0] |= {"purpose": purpose, "data": list(data)}
        draft = consent.draft_notice(
            by=AUTHOR, controller_id=self.id, code=purpose.replace(".", "-"), pack="IN",
            purposes=[version], translations={"en": said},
        )  # fmt: skip
        return publish(draft)

    def says_yes(self, person: Any, purpose: str, **more: Any) -> Any:
        """The person's choice as the app reports it."""
        body = {"subject": str(person.id), "purpose": purpose, "method": "button", **more}
        return self.api.post("/consents", body)

    def withdraws(self, person: Any, purpose: str) -> Any:
        body = {"subject": str(person.id), "purpose": purpose, "method": "button"}
        return self.api.post("/consents/withdraw", body)

    def may(self, person: Any, purpose: str, **action: Any) -> dict[str, Any]:
        """What the decision point says now."""
        body = {
            "subject": {"type": "service", "id": self.code},
            "action": {"name": "activate", "properties": {"purpose": purpose, **action}},
            "resource": {"type": "customer", "id": str(person.id)},
        }
        answer = self.http.post(
            EVALUATION, json=body, headers={"Authorization": f"Bearer {self.secret}"}
        )
        assert answer.status_code == 200, answer.text
        return answer.json()

    def why(self, person: Any, purpose: str, **action: Any) -> str:
        """The reason that decided."""
        return self.may(person, purpose, **action)["context"]["reason_code"]

    def permits(self, person: Any, purpose: str, **action: Any) -> bool:
        return self.may(person, purpose, **action)["decision"]

    def app(self, code: str, *purposes: str) -> "House":
        """Another service of the company, such as a processor's, run by a party of that name."""
        service = accounts.create_service(
            by=AUTHOR, controller_id=self.id, code=code, name=code, purposes=list(purposes)
        )
        party = registry.record_party(
            by=AUTHOR, controller_id=self.id, code=code, name=code, kind="processor",
            country="IN", contract_reference=f"C-{code}",
        )  # fmt: skip
        registry.put_in_charge(by=AUTHOR, controller_id=self.id, service_id=service.id, party=party)
        _, secret = accounts.issue_key(by=AUTHOR, service=service)
        return House(self.made, self.http, Api(secret), secret, code)


def opened(http: httpx.Client, slug: str, *purposes: str) -> House:
    """A company whose app is registered for these purposes."""
    made = company(slug, name=slug.title())
    return House(made, http, Api(made.secret), made.secret, "").app("app", *purposes)
