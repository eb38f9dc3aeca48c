import io
import json
import logging
import logging.config
import uuid

import psycopg
import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from config import logs
from keys.problems import DomainError


@pytest.fixture
def lines():
    """What a logger named "sammati.test" writes through the real formatter."""
    formatter = logs.settings(json=True)["formatters"]["redacting"].copy()
    formatter.pop("()")
    stream = io.StringIO()
    handler = logs.StderrHandler(stream)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(**formatter))
    handler.addFilter(logs.ExceptionArguments())
    logger = logging.getLogger("sammati.test")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logger.removeHandler(handler)
    logger.propagate = True


def names_nobody(text, *secrets):
    return not [secret for secret in secrets if secret in text]


class TestRedactedText:
    @pytest.mark.parametrize(
        "secret",
        [
            "asha.rao+shop@example.in",
            "O_Brien@mail.example",
            "+91 98765 43210",
            "+919876543210",
            "(022) 2345-6789",
            "98765-43210",
            "203.0.113.77",
            "2001:db8::1",
            "2001:db8:0:1:2:3:4:5",
            "Bearer abc",
            "sam_3Qw8rT5yU7iO9pA1sD2fG4hJ6kL8zX0cV",
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        ],
    )
    def test_takes_out_what_looks_personal_or_secret(self, secret):
        found = logs.redacted_text(f"value {secret} was refused")

        assert secret not in found
        assert "was refused" in found

    @pytest.mark.parametrize(
        "text",
        [
            "0192f0c1-1234-7123-8123-123456789012 denied",
            "at 2026-11-22T10:11:12.123456+00:00 and 2026-11-22",
            "listening on 127.0.0.1:8000",
            "batch of 500 took 12.5 ms in consent.services.withdraw",
            "GET /api/v1/consents",
        ],
    )
    def test_leaves_ids_dates_and_plain_words(self, text):
        assert logs.redacted_text(text) == text

    def test_drops_query_strings(self):
        assert logs.redacted_text("GET /admin/people?q=Asha&x=1 200") == (
            "GET /admin/people?[redacted] 200"
        )

    @given(local=st.from_regex(r"[a-z][a-z0-9.]{0,20}", fullmatch=True))
    def test_no_address_survives(self, local):
        assert f"{local}@example.in" not in logs.redacted_text(f"to <{local}@example.in>, please")

    @given(number=st.from_regex(r"[6-9][0-9]{9}", fullmatch=True))
    def test_no_indian_number_survives(self, number):
        assert number not in logs.redacted_text(f"sms to +91 {number}; or {number}")

    @given(
        day=st.dates(), number=st.uuids(version=4), before=st.sampled_from(["", "x ", "(", "id="])
    )
    def test_ids_and_days_always_survive(self, day, number, before):
        text = f"{before}{number} {day.isoformat()}"

        assert logs.redacted_text(text) == text


class TestRedacted:
    @given(
        st.recursive(
            st.sampled_from(["asha@example.in", "+919876543210"]),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.tuples(inner)
                | st.dictionaries(st.sampled_from(["a", "b", "asha@example.in"]), inner, max_size=3)
            ),
            max_leaves=8,
        )
    )
    def test_reaches_every_depth(self, value):
        text = json.dumps(logs.redacted(value))

        assert names_nobody(text, "asha@example.in", "9876543210")

    @pytest.mark.parametrize(
        "key",
        ["email", "Subject-Email", "phone", "identifier", "value", "name", "full_name", "address"]
        + ["token", "Authorization", "key", "service_key", "body", "ip", "user_agent", "payload"],
    )
    def test_hides_whole_values_under_telling_keys(self, key):
        assert logs.redacted({key: "Asha Rao"}) == {key: "[redacted]"}

    def test_shows_unknown_objects_by_their_type_alone(self):
        class Person:
            def __repr__(self):
                return "Asha Rao"

        assert logs.redacted([Person()]) == ["<Person>"]

    def test_writes_ids_as_text(self):
        number = uuid.UUID(int=7)

        assert logs.redacted({"subject_id": number}) == {"subject_id": str(number)}


class TestExceptions:
    def test_withholds_words_that_may_repeat_the_input(self):
        assert logs.exception_line(ValueError("Asha Rao")) == (
            "builtins.ValueError: [message withheld]"
        )

    def test_keeps_our_own_words_without_values(self):
        class RefusedError(DomainError):
            message = "The notice for asha@example.in is not in force."

        assert logs.exception_message(RefusedError()) == (
            "The notice for [redacted] is not in force."
        )

    def test_keeps_the_first_line_of_the_database_without_values(self):
        class Diag:
            message_primary = 'invalid input syntax for type uuid: "Asha"'

        class BadUuid(psycopg.Error):
            diag = Diag()

        assert logs.exception_message(BadUuid()) == (
            "invalid input syntax for type uuid: [redacted]"
        )

    def test_a_cause_is_treated_like_its_effect(self):
        try:
            try:
                raise KeyError("Asha Rao")
            except KeyError as cause:
                raise ValueError("Asha Rao") from cause
        except ValueError as exc:
            text = logs.traceback_text(exc)

        assert "KeyError" in text
        assert "ValueError" in text
        assert names_nobody("".join(x for x in text.splitlines() if "raise" not in x), "Asha")

    def test_groups_are_opened(self):
        text = logs.traceback_text(ExceptionGroup("g", [ValueError("Asha Rao")]))

        assert "ValueError: [message withheld]" in text
        assert "Asha" not in text


@pytest.mark.req("P10")
class TestFormatter:
    def test_carries_the_request_id_and_utc_time(self, lines):
        with structlog.contextvars.bound_contextvars(request_id="abc-1"):
            structlog.get_logger("sammati.test").info("done", rows=3)

        (line,) = lines()
        assert line["request_id"] == "abc-1"
        assert line["rows"] == 3
        assert line["timestamp"].endswith("Z")
        assert line["level"] == "info"

    def test_redacts_structured_events(self, lines):
        structlog.get_logger("sammati.test").warning("to asha@example.in", email="asha@example.in")

        assert names_nobody(json.dumps(lines()), "asha")

    def test_redacts_records_of_libraries(self, lines):
        logging.getLogger("sammati.test").error("could not reach %s", "asha@example.in")

        assert names_nobody(json.dumps(lines()), "asha")
        assert lines()[0]["event"] == "could not reach [redacted]"

    def test_redacts_exceptions_passed_as_arguments(self, lines):
        logging.getLogger("sammati.test").error("failed: %s", ValueError("Asha Rao"))

        assert names_nobody(json.dumps(lines()), "Asha")

    @pytest.mark.parametrize("name", ["structlog", "logging"])
    def test_redacts_the_exception_in_flight(self, lines, name):
        logger = {"structlog": structlog.get_logger, "logging": logging.getLogger}[name]
        secret = "".join(["As", "ha"])

        try:
            raise ValueError(secret)
        except ValueError as exc:
            logger("sammati.test").exception("failed with " + str(exc))

        (line,) = lines()
        assert names_nobody(json.dumps(line), secret)
        assert "ValueError" in line["exception"]
        assert line["event"] == "failed with ValueError"

    def test_a_record_that_cannot_be_formatted_is_not_shown_raw(self, lines, capsys):
        record = logging.LogRecord("x", logging.INFO, "", 0, "%d", ("asha@example.in",), None)
        handlers = logging.getLogger("sammati.test").handlers

        [each for each in handlers if isinstance(each, logs.StderrHandler)][0].handle(record)

        assert "asha" not in capsys.readouterr().err
        assert lines() == []


def test_both_renderers_are_accepted_by_the_standard_library():
    for as_json in (True, False):
        settings = logs.settings(json=as_json)
        configurator = logging.config.DictConfigurator(settings)

        assert configurator.configure_formatter(settings["formatters"]["redacting"])


@pytest.mark.req("P10")
@pytest.mark.parametrize("name", ["uvicorn", "uvicorn.error", "uvicorn.access", "gunicorn.error"])
def test_servers_keep_no_handlers_of_their_own(name):
    settings = logs.settings(json=True)["loggers"][name]

    assert settings["handlers"] == []
    assert settings["propagate"] is True


@pytest.mark.req("P10")
class TestAddressesThatLeadNowhere:
    PERSON = "01978f7e-0000-7000-8000-00000000cafe"

    @pytest.mark.parametrize(
        ("request_line", "shown"),
        [
            ("GET /api/v1/profiles/CRM-4711-QZX", "GET /api/v1/profiles/[redacted]"),
            ("GET /api/v1/subjects/Asha Rao?a=b", "GET /api/v1/subjects/[redacted]?[redacted]"),
            (f"GET /api/v1/profiles/{PERSON}", f"GET /api/v1/profiles/{PERSON}"),
            ("PUT /api/v1/profiles/845019/records/asthma",
             "PUT /api/v1/profiles/[redacted]/records/[redacted]"),
            ("GET /Asha", "GET /[redacted]"),
            ("GET /admin/profiles/", "GET /admin/profiles/"),
        ],
    )  # fmt: skip
    def test_keep_our_own_words_and_ids_only(self, request_line, shown):
        event = {"event": "request_finished", "code": 404, "request": request_line}

        assert logs.redact(None, "info", event)["request"] == shown

    def test_addresses_that_lead_somewhere_stay(self):
        event = {"event": "request_finished", "code": 200, "request": "GET /privacy/lotus/"}

        assert logs.redact(None, "info", event)["request"] == "GET /privacy/lotus/"


def test_the_reference_of_a_request_is_no_line_of_the_log():
    text = (
        "GET /privacy/followed/01a20535c96174b4a8538f622e0750931-84ff20979b3ede92bdf2163f75728be4/"
    )

    assert logs.redacted_text(text) == "GET /privacy/followed/[redacted]/"
