"""What the decision point reads and leaves behind: its plan, its one transaction, its record."""

import json

import msgspec
import pytest
import rfc8785
from psycopg.pq import ExecStatus

from audit.canonical import commitment
from policies.pdp.connection import connect
from policies.pdp.engine import decide
from policies.pdp.facts import FACTS
from policies.pdp.model import Decision, Facts
from tests.audit.log import waiting
from tests.audit.schema import VALIDATOR
from tests.factories.company import EVALUATION, EVALUATIONS, OFFERS
from tests.policies.searches import ACTION, RESOURCE
from tests.policies.stories import STORIES

TRACES = ["0192f0c1-1234-7123-8123-123456789012", "4bf92f3577b34da6a3ce929d0e0e4736", "A" * 32]


@pytest.fixture
def stored(superuser):
    """The payloads of decisions, oldest first, with what stands beside them."""
    query = """
        SELECT x.id, x.subject_id, x.reason_code, p.body, p.salt, x.controller_id
        FROM audit_entryindex x JOIN audit_payload p USING (id)
        WHERE x.event = 'decision:made' ORDER BY x.id"""
    return lambda: superuser.execute(query).fetchall()


@pytest.mark.req("BRD-CV2", "BRD-LG1")
@pytest.mark.req("POL-22", "AUD-01")
class TestWhatIsKept:
    @pytest.fixture
    def told(self, lotus, ask):
        """A decision of each story that can be told of one company."""
        made = []
        for name, (happens, _, about) in STORIES.items():
            if name.startswith(("the_", "expired_and")):
                continue
            person = lotus.person(f"{name}@example.in", **about)
            happens(lotus, person)
            for question in (lotus.question(person), lotus.by_email(f"{name}@example.in")):
                made.append((ask(lotus, question), person, name))
        return made

    def test_is_one_entry_a_decision_that_says_the_same(self, lotus, told, stored):
        kept = {str(row[0]): row for row in stored()}

        assert len(kept) == len(told)
        for made, _, _ in told:
            row = kept[made["context"]["decision_id"]]
            assert row[2] == made["context"]["reason_code"]
            assert row[5] == lotus.id
            assert waiting()[row[0]] == (lotus.id, commitment(bytes(row[4]), bytes(row[3])))

    def test_replays_to_the_same_decision(self, told, stored):
        for row in stored():
            data = json.loads(row[3])["data"]
            facts = msgspec.json.decode(msgspec.json.encode(data["facts"]), type=Facts)
            decision = msgspec.json.decode(msgspec.json.encode(data["decision"]), type=Decision)

            assert decide(facts) == decision
            assert decision.reason_code == row[2]

    def test_names_the_person_by_pseudonym_alone(self, told, stored, superuser):
        query = "SELECT id, pseudonym FROM subjects_subject"
        pseudonyms = dict(superuser.execute(query).fetchall())

        for row in stored():
            body = bytes(row[3]).decode()
            assert b"@" not in bytes(row[3])
            if row[1] is None:  # the identifiers of who was erased lead nowhere
                assert "subject" not in json.loads(body)
                continue
            assert str(row[1]) not in body
            assert json.loads(body).get("subject") == (
                pseudonyms[row[1]] and str(pseudonyms[row[1]])
            )

    def test_is_the_same_of_one_item_and_of_many(self, lotus, told, http, stored):
        """The statements for a single item are not those for a batch."""
        alone = [json.loads(row[3]) for row in stored()]
        questions = [
            question
            for _, person, name in told[::2]
            for question in (lotus.question(person), lotus.by_email(f"{name}@example.in"))
        ]

        http.post(EVALUATIONS, json={"evaluations": questions}, headers=lotus.headers)

        together = [json.loads(row[3]) for row in stored()[len(alone) :]]
        assert list(map(of_the_person, together)) == list(map(of_the_person, alone))

    def test_is_canonical_whatever_the_caller_writes(self, lotus, asha, ask, told, stored):
        odd = "\b\f\n\r\t\x1f\x7f\u2028\u00e9\U0001f600\"\\/<&'"
        ask(lotus, asha, destination=odd, data=[odd, ""], recipients=["b", "a"], channel=odd)

        for row in stored():
            assert rfc8785.dumps(json.loads(row[3])) == bytes(row[3])


@pytest.fixture
def crowd(lotus, superuser):
    """Twenty thousand people with consents of every kind, as rows; and what the planner knows."""
    superuser.execute(CROWD, {"c": lotus.id, "p": lotus.versions[OFFERS].purpose_id, "n": 20_000})


CROWD = """
WITH people AS (
  INSERT INTO subjects_subject (id, controller_id, pseudonym, residence, region, time_zone,
    language, age_state, age_assurance, has_guardian, created_at)
  SELECT md5('a' || i)::uuid, %(c)s, md5('p' || i)::uuid, 'IN', '', '', 'en', 'adult', 'declared',
    false, now() FROM generate_series(1, %(n)s) i RETURNING id
), standing AS (
  INSERT INTO subjects_standing (id, controller_id, subject_id, state, scope_type, scope, since_at,
    reason)
  SELECT gen_random_uuid(), %(c)s, id, 'hold', 'everything', '', now(), '' FROM people
), identifier AS (
  INSERT INTO subjects_identifier (id, controller_id, subject_id, scheme, digest, digest_version,
    sealed, created_at)
  SELECT gen_random_uuid(), %(c)s, id, 'crm', sha256(id::text::bytea), 1, '', now() FROM people
)
INSERT INTO consent_consentstate (id, controller_id, subject_id, purpose_id, event_id, sequence,
  state, since_at, purpose_version, language, is_explicit, is_provable, given_by,
  guardian_verified)
SELECT gen_random_uuid(), %(c)s, id, %(p)s, gen_random_uuid(), 1, 'given', now(), 1, 'en', false,
  true, 'principal', false FROM people
"""


@pytest.mark.req("POL-22")
@pytest.mark.parametrize("when", ["filled", "empty"])
@pytest.mark.parametrize("items", [1, 2, 500])
def test_the_facts_of_a_batch_are_found_by_index_alone(lotus, request, superuser, when, items):
    """Also where the planner knows of nobody yet: the plan outlives the first import."""
    if when == "filled":
        request.getfixturevalue("crowd")
    superuser.execute("VACUUM ANALYZE")
    statement, parameters = FACTS.command([(*[lotus.id.bytes] * 3, b"", b"", b"")] * items)

    with connect() as connection:
        wire = connection.pgconn
        explained = f"EXPLAIN (FORMAT JSON, GENERIC_PLAN) {statement.sql}"
        wire.prepare(b"facts", statement.sql.encode(), statement.oids)
        assert wire.exec_prepared(b"facts", parameters, [1] * 6, 1).status == ExecStatus.TUPLES_OK
        found = connection.execute(explained.encode(), prepare=False).fetchone()[0]

    nodes = list(flat(found[0]["Plan"]))
    tables = {node["Relation Name"] for node in nodes if "Relation Name" in node}
    assert {"subjects_subject", "consent_consentstate", "subjects_standing"} <= tables
    for node in nodes:
        assert node["Node Type"] not in {"Seq Scan", "Bitmap Heap Scan", "Hash Join", "Merge Join"}
        if "Relation Name" in node:
            assert node["Node Type"] in {"Index Scan", "Index Only Scan"}
            assert node.get("Index Cond"), (node["Relation Name"], node["Index Name"])


def of_the_person(body):
    """An entry without what differs between two decisions of the same: its id and its time."""
    facts = {name: value for name, value in body["data"]["facts"].items() if name != "now"}
    return facts, body.get("subject"), body["purpose"], body["outcome"], body["reason_code"]


def flat(node):
    """A plan and every plan in it."""
    yield node
    for inner in node.get("Plans", ()):
        yield from flat(inner)


@pytest.mark.req("POL-22")
@pytest.mark.parametrize("items", [1, 20, 400])
def test_a_batch_is_one_query_and_one_append_in_one_transaction(
    lotus, asha, http, superuser, items
):
    body = {"evaluations": [lotus.question(asha)] * items}
    ask = lambda: http.post(EVALUATIONS, json=body, headers=lotus.headers)  # noqa: E731
    assert ask().status_code == 200  # the catalogue is compiled now

    before = counts(superuser)
    ask()
    after = counts(superuser)

    assert after["entries"] - before["entries"] == items
    assert after["transactions"] == before["transactions"] + 1


def counts(superuser):
    """What one more batch adds: its entries, and the transactions that wrote them."""
    row = superuser.execute(
        "SELECT count(*), count(DISTINCT xmin::text) FROM audit_payload"
    ).fetchone()
    return dict(zip(("entries", "transactions"), row, strict=True))


@pytest.mark.req("AUD-02")
class TestTheRequest:
    """A caller's id leads from its own log to the entry; its address, a server's, tells nothing."""

    @pytest.fixture
    def doors_of(self, lotus, http, stored):
        """The doors of what one message leaves."""

        def send(path, body, sent):
            known = len(stored())
            answer = http.post(path, json=body, headers={**lotus.headers, "X-Request-ID": sent})
            assert answer.status_code == 200, answer.text
            assert answer.headers["X-Request-ID"] == sent
            return [json.loads(row[3]).get("door") for row in stored()[known:]]

        return send

    @pytest.mark.parametrize("trace", TRACES)
    @pytest.mark.parametrize("items", [1, 2, 25])
    def test_is_in_the_entry_of_each_decision(self, lotus, asha, doors_of, trace, items):
        body = {"evaluations": [lotus.question(asha)] * items}

        assert doors_of(EVALUATIONS, body, trace) == [{"request": trace}] * items

    @pytest.mark.parametrize("trace", TRACES)
    def test_is_in_that_of_a_single_one(self, lotus, asha, doors_of, trace):
        assert doors_of(EVALUATION, lotus.question(asha), trace) == [{"request": trace}]

    @pytest.mark.parametrize("sent", ["asha.kumar", "order-77", "9" * 10, f"{TRACES[1]}0"])
    def test_that_could_hold_anything_is_not(self, lotus, asha, doors_of, sent):
        assert doors_of(EVALUATION, lotus.question(asha), sent) == [None]

    def test_is_left_out_where_there_was_none(self, lotus, asha, ask, stored):
        ask(lotus, asha)

        assert "door" not in json.loads(stored()[-1][3])

    def test_is_canonical_and_of_the_published_form(self, lotus, asha, doors_of, stored):
        doors_of(EVALUATIONS, {"evaluations": [lotus.question(asha)] * 2}, TRACES[0])

        for row in stored():
            entry = json.loads(row[3])
            assert rfc8785.dumps(entry) == bytes(row[3])
            VALIDATOR.validate(entry)

    @pytest.mark.parametrize("path", [RESOURCE, ACTION])
    def test_is_in_that_of_a_page_of_a_search(self, lotus, asha, http, superuser, path):
        headers = {**lotus.headers, "X-Request-ID": TRACES[0]}

        answer = http.post(path, json=lotus.question(asha), headers=headers)

        assert answer.status_code == 200, answer.text
        ((body,),) = superuser.execute(PAGES).fetchall()
        entry = json.loads(body)
        assert entry["door"] == {"request": TRACES[0]}
        VALIDATOR.validate(entry)


PAGES = """
SELECT p.body FROM audit_entryindex x JOIN audit_payload p USING (id)
WHERE x.event IN ('search:made', 'permissions:searched')
"""
