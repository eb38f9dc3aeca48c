"""What is wrong with a file of a declared connector, by the member at fault. Pure."""

from registry.adapters.settings import CODE
from registry.connectors import templates
from registry.connectors.contract import Finding
from registry.connectors.declared.form import (
    FINE,
    HEADER,
    NAME,
    PLACES,
    RESERVED,
    TOLD,
    Call,
    Form,
    Way,
    is_pattern,
)

__all__ = ["fault"]


def fault(form: Form) -> str:
    """The member at fault, empty where there is none."""
    if not _settings_are_safe(form):
        return "settings"
    if not _base_is_safe(form, form.base) or (
        form.second is not None and not _base_is_safe(form, form.second.base)
    ):
        return "base"
    return _calls_fault(form) or _whole_fault(form) or _status_fault(form) or _header_fault(form)


def _settings_are_safe(form: Form) -> bool:
    names = [*form.settings, *form.texts]
    return (
        len(set(names)) == len(names) and RESERVED.isdisjoint(names)
        and all(map(NAME.fullmatch, names))
        and all(map(is_pattern, form.settings.values()))
    )  # fmt: skip


def _base_is_safe(form: Form, base: list[str]) -> bool:
    """A host of which parts may be settings, and a scheme that may not."""
    literal = [one for one in base if not templates.places(one)]
    return (
        bool(base) and base[0].startswith("https://")
        and templates.is_safe(base, frozenset(form.settings))
        and not any(character in "".join(literal) for character in "?#@\\")
    )  # fmt: skip


def _calls_fault(form: Form) -> str:
    own = frozenset({*form.settings, *form.texts})
    second = [form.second.control] if form.second is not None else []
    for control in [*second, *([form.control] if form.control is not None else [])]:
        if wrong := control.fault(own, FINE):
            return f"control_{wrong}"
    status = form.status.fault(own | PLACES | {"reference"}, TOLD) if form.status else ""
    if status:
        return f"status_{status}"
    for name, way in form.all_ways():
        if wrong := _way_fault(form, way, own | PLACES):
            return f"{name}{wrong}"
    return ""


def _way_fault(form: Form, way: Way, known: frozenset[str]) -> str:
    if way.person is not None and way.person.fault():
        return "person"
    for name, call, means in way.calls():
        found = {"found"} if way.find is not None and name == "tell" else set()
        if wrong := call.fault(known | found, means):
            return f"{name}_{wrong}"
        if call.second and form.second is None:
            return f"{name}_second"
        if _names_people_in_address(form, way, call):
            return f"{name}_path"
    return _meanings_fault(form, way)


def _meanings_fault(form: Form, way: Way) -> str:
    told = {one.means for one in way.tell.answers}
    if not told & {"done", "accepted"} or ("accepted" in told and form.status is None):
        return "tell_answers"
    if way.find is not None and not (way.find.items and way.find.items.value):
        return "find_items"
    return "probe_answers" if any(_finds_nothing(one) for one in way.probe) else ""


def _names_people_in_address(form: Form, way: Way, call: Call) -> bool:
    """Addresses are logged everywhere: in them stands a digest or a number, or nobody."""
    person = way.person or form.person
    is_masked = bool(person.digest or person.pattern)
    named = {"person", "bare"} & templates.places([call.path, call.query])
    return not is_masked and bool(named)


def _finds_nothing(call: Call) -> bool:
    """Whether a probe could never say that it is not as was told."""
    still = {Finding.PRESENT.value, Finding.ARCHIVED.value, Finding.SUPPRESSED.value, "same"}
    meant = {str(one.means) for one in call.answers}
    if call.items is not None:
        meant |= {call.items.listed.value, *(one.value for one in call.items.states.values())}
    return not meant & still


def _whole_fault(form: Form) -> str:
    if form.person.fault():
        return "person"
    if form.declares.fault():
        return "declares"
    if not all(map(CODE.fullmatch, form.fields)) or not all(form.fields.values()):
        return "fields"
    return _more_fault(form)


def _more_fault(form: Form) -> str:
    """What is wrong with verbs and categories that have calls of their own."""
    if not form.verbs.keys() <= {"correct", "restrict", "lift"}:
        return "verbs"
    if not all(form.verbs.values()) or not all(form.parts.values()):
        return "ways"
    if not set(form.parts) <= set(form.declares.holds):
        return "parts"
    erased = [*form.whole(), *(one for some in form.parts.values() for one in some)]
    return "" if all(_look_alike(some) for some in (erased, *form.verbs.values())) else "probe"


def _look_alike(some: list[Way]) -> bool:
    """Either all of them can be looked at, or none: one that cannot would verify nothing."""
    return len({bool(one.probe) for one in some}) == 1


def _status_fault(form: Form) -> str:
    """What was accepted by several ways can only be told apart by its reference."""
    if form.status is None:
        return ""
    waits = [
        one for _, one in form.all_ways() if any(a.means == "accepted" for a in one.tell.answers)
    ]
    if len(waits) > 1 and "reference" not in form.status.names():
        return "status_body"
    return "status_path" if _names_people_in_address(form, form.whole()[0], form.status) else ""


def _header_fault(form: Form) -> str:
    named = [one for one in (form.header, form.key_header, *form.headers) if one]
    if bool(form.header) != (form.auth == "header") or not all(map(HEADER.fullmatch, named)):
        return "header"
    if not all(one.isascii() and one.isprintable() for one in form.headers.values()):
        return "header"
    tells_key = bool(form.key_header) or "key" in form.tell.names()
    return "declares" if form.declares.honours_key and not tells_key else ""
