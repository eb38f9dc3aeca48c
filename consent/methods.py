"""How a choice was expressed. Pure. What is not an affirmative act is not consent (CON-08)."""

ACCEPTED = frozenset({
    "web_form", "checkbox", "button", "toggle", "app", "portal", "api", "email", "sms", "phone",
    "call_centre", "verbal", "voice", "chat", "paper", "written", "signature", "in_person", "kiosk",
    "consent_manager", "import",
})  # fmt: skip

OFFICIAL = "officer"
"""Not an act of the person: an officer ends a consent for the controller, or finds it invalid."""

FORBIDDEN = {
    "preselected": "A pre-ticked choice is not a clear affirmative action.",
    "silence": "Silence is not a clear affirmative action.",
    "inactivity": "Inactivity is not a clear affirmative action.",
    "bundled": "Consent bundled with something else is not specific.",
}
"""Methods that DPDP s.6(1) and GDPR Art 4(11), 7(2) and Recital 32 rule out, and why."""

GIVERS = frozenset({
    "principal", "parent", "guardian", "nominee", "agent", "consent_manager", "operator",
})  # fmt: skip
"""Who acted. Of an operator the choice is the person's own, told by voice, sign or on paper."""

MANAGER = "manager"
NEEDS = {"operator": "operator", "agent": "authority", "consent_manager": MANAGER}
"""The member of the evidence without which nobody can say yes for the person in this way."""

LACKS = {
    "operator": "Name the operator who took the choice down, by a code.",
    "authority": "Name the written authority of the agent, by a reference.",
    MANAGER: "A consent manager acts through its own registered access only (DPDP s.6(7)).",
    "method": "An operator takes down what a person says, signs or hands over.",
}
ENDS_ONLY = frozenset({"nominee"})
"""Who exercises rights for the person and cannot consent for them (DPDP s.14)."""

ASSISTED = frozenset({
    "phone", "call_centre", "verbal", "voice", "chat", "paper", "written", "signature",
    "in_person", "kiosk", "sms", "email",
})  # fmt: skip
"""Ways in which an operator learns what a person chose."""

CHANNELS = frozenset({"web", "app", "email", "sms", "phone", "post", "in_person", "api", "import"})
