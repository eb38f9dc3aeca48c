"""What a stranger reads about choices on devices and signals: words, refusals and examples."""

from drf_spectacular.utils import extend_schema

from accounts.problems import IDEMPOTENCY_KEY, WRITE, answer, body, problems, refusal
from consent.api import visitor_forms as forms
from consent.api.examples import SUBJECT

TAGS = ["Visitors"]
DEVICE = "dGhpcyBpcyBhIHJhbmRvbSBrZXk"
ONLY_FUNCTIONAL = {"functional": True, "analytics": False, "advertising": False}
ALLOWED = {"allowed": ONLY_FUNCTIONAL}
NOTHING_MORE = {"allowed": {"functional": False, "analytics": False, "advertising": False}}
UNKNOWN = refusal(404, "subject_unknown", "There is no such subject.")

choose = extend_schema(
    operation_id="choose_on_device",
    summary="Note what was chosen on a device",
    description=(
        "By category; what is not named stays as it was, and without a choice only the essential "
        "is on. A choice holds for 180 days. Name the subject where somebody is signed in: then a "
        "refusal counts for them on all devices, and advertising that they refuse is denied from "
        "the next check on. While `gpc` says 1, advertising cannot be allowed. Answers with what "
        "may be on the device now."
    ),
    tags=TAGS,
    parameters=[IDEMPOTENCY_KEY],
    request=forms.DeviceChoiceInput,
    responses={200: forms.DeviceChoicesOutput, **problems(*WRITE)},
    examples=[
        body(
            "On a banner", {"device": DEVICE, "choices": ONLY_FUNCTIONAL, "method": "button"}
        ),
        answer("Noted", ALLOWED),
        UNKNOWN,
    ],
)  # fmt: skip

find = extend_schema(
    operation_id="find_device_choices",
    summary="What may be on a device now",
    description=(
        "Only what was allowed on this very device and has not run out, unless the person who is "
        "signed in there has refused it anywhere. Of a person the reading is recorded."
    ),
    tags=TAGS,
    request=forms.DeviceInput,
    responses={200: forms.DeviceChoicesOutput, **problems(*WRITE)},
    examples=[body("Nobody signed in", {"device": DEVICE}), answer("Now", ALLOWED), UNKNOWN],
)

join = extend_schema(
    operation_id="join_device",
    summary="Somebody signed in on a device",
    description=(
        "What was refused on the device becomes the person's refusal, on all their devices; a yes "
        "of the device stays the device's. Never widens anything. Answers with what may be on the "
        "device now."
    ),
    tags=TAGS,
    parameters=[IDEMPOTENCY_KEY],
    request=forms.DeviceJoinInput,
    responses={200: forms.DeviceChoicesOutput, **problems(*WRITE)},
    examples=[
        body("At sign-in", {"device": DEVICE, "subject": SUBJECT}),
        answer("After it", NOTHING_MORE),
        UNKNOWN,
    ],
)

hear = extend_schema(
    operation_id="hear_signal",
    summary="Pass on a signal of a browser",
    description=(
        "Global Privacy Control: with the value 1 nothing of the person is sold or shared for "
        "advertising, from the next check on, and advertising is off on the device. Any other "
        "value says nothing, and a signal that stays away later takes nothing back."
    ),
    tags=TAGS,
    parameters=[IDEMPOTENCY_KEY],
    request=forms.SignalInput,
    responses={200: forms.SignalOutput, **problems(*WRITE)},
    examples=[
        body("Signed in", {"signal": "gpc", "value": "1", "subject": SUBJECT}),
        answer("Heeded", {"signal": "gpc", "is_heard": True}),
        UNKNOWN,
    ],
)
