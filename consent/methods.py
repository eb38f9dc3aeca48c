"""How a choice was expressed. Pure. What is not an affirmative act is not consent (CON-08)."""

ACCEPTED = frozenset({
    "web_form", "checkbox", "button", "toggle", "app", "portal", "api", "email", "sms", "phone",
    "call_centre", "verbal", "voice", "chat", "paper", "written", "signature", "in_person", "kiosk",
    "consent_manager", "import",
})  # fmt: skip

FORBIDDEN = {
    "preselected": "A pre-ticked choice is not a clear affirmative action.",
    "silence": "Silence is not a clear affirmative action.",
    "inactivity": "Inactivity is not a clear affirmative action.",
    "bundled": "Consent bundled with something else is not specific.",
}
"""Methods that DPDP s.6(1) and GDPR Art 4(11), 7(2) and Recital 32 rule out, and why."""

GIVERS = frozenset({"principal", "parent", "guardian", "nominee", "agent", "consent_manager"})
CHANNELS = frozenset({"web", "app", "email", "sms", "phone", "post", "in_person", "api", "import"})
