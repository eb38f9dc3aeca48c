"""The verbs of officers on consents and on joined records."""

import pytest
from django.urls import reverse

from consent.models import ConsentState, Merge

pytestmark = pytest.mark.django_db


def address(row, verb):
    name = f"admin:consent_{type(row)._meta.model_name}_act"
    return reverse(name, args=[row.pk, verb])


@pytest.mark.req("CON-12")
class TestAConsent:
    @pytest.fixture
    def state(self, lotus):
        return ConsentState.objects.get(subject=lotus.person)

    @pytest.mark.parametrize(
        ("verb", "reason", "after"),
        [("revoke", "safety", "revoked"), ("invalidate", "not_free", "invalidated")],
    )
    def test_is_ended_with_a_reason(self, desk, state, verb, reason, after):
        bare = desk.post(address(state, verb), {"reason": ""})
        wrong = desk.post(address(state, verb), {"reason": "I think so"})
        done = desk.post(address(state, verb), {"reason": reason})

        assert [one.status_code for one in (bare, wrong, done)] == [422, 422, 302]
        state.refresh_from_db()
        assert state.state == after

    @pytest.mark.parametrize("verb", ["revoke", "invalidate"])
    def test_is_not_ended_by_an_auditor(self, auditor, state, verb):
        answer = auditor.post(address(state, verb), {"reason": "safety"})

        state.refresh_from_db()
        assert (answer.status_code, state.state) == (403, "given")

    @pytest.mark.req("P9")
    def test_of_another_company_is_not_found(self, desk, tulip):
        foreign = ConsentState.objects.get(subject=tulip.person)

        assert desk.post(address(foreign, "revoke"), {"reason": "safety"}).status_code == 404


@pytest.mark.req("CON-31")
class TestJoining:
    @pytest.fixture
    def other(self, lotus):
        return lotus.world.person("asha.guest@lotus.example")

    def given(self, lotus, other, **changes):
        return {
            "controller": str(lotus.id), "kept": str(lotus.person.id), "absorbed": str(other.id),
            "reason": "guest", **changes,
        }  # fmt: skip

    def test_and_parting_are_acts_of_an_officer(self, desk, officer, lotus, other):
        joined = desk.post(reverse("admin:consent_merge_add"), self.given(lotus, other))
        found = Merge.objects.get(absorbed_id=other.id)
        parted = desk.post(address(found, "split"), {"reason": "mistake"})

        found.refresh_from_db()
        assert (joined.status_code, parted.status_code) == (302, 302)
        assert (found.merged_by, found.split_by) == (str(officer.id), str(officer.id))

    @pytest.mark.parametrize(
        ("member", "value"), [("kept", "me"), ("absorbed", ""), ("reason", "because")]
    )
    def test_what_is_malformed_is_explained(self, desk, lotus, other, member, value):
        answer = desk.post(
            reverse("admin:consent_merge_add"), self.given(lotus, other, **{member: value})
        )

        assert (answer.status_code, list(answer.context["form"].errors)) == (422, [member])
        assert not Merge.objects.filter(absorbed_id=other.id).exists()

    @pytest.mark.req("P9")
    def test_with_a_person_of_another_company_is_refused(self, desk, lotus, tulip):
        answer = desk.post(reverse("admin:consent_merge_add"), self.given(lotus, tulip.person))

        assert answer.status_code == 422
        assert not Merge.objects.filter(absorbed_id=tulip.person.id).exists()
