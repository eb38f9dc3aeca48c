"""Reads what the pages say and what the catalogues know, without gettext's own tools."""

import ast
import gettext
import io
import re
from functools import cache
from importlib import import_module
from pathlib import Path

from django.contrib.auth import get_user_model
from django.utils import translation
from django.utils.translation.template import templatize

from config.places import BASE_DIR
from keys.problems import DomainError
from policies.rules.cures import CURES

ROOMS = (
    "accounts", "audit", "config", "consent", "desk", "erasure", "keys", "policies", "portal",
    "profiles", "registry", "rights", "subjects", "work",
)  # fmt: skip
NAVIGATION = ("Model name", "Add link", "Change or view list link", "Select %s to view")
"""Of Django's own pages, which speak no Hindi and Urdu there: read out beside each list."""
MARKS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"}
QUOTED = r"""('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
CALL = re.compile(rf"(?:n?gettext|\b_)\(u?{QUOTED}")
PO_PART = re.compile(r'^(msgctxt|msgid|msgid_plural|msgstr(?:\[\d\])?) (".*")$|^(".*")$')


def sources():
    """The files whose words somebody may read, on the pages of people or of officers."""
    for room in ROOMS:
        yield from sorted((BASE_DIR / room).rglob("*.py"))
        yield from sorted((BASE_DIR / room).rglob("templates/**/*.html"))
        yield from sorted((BASE_DIR / room).rglob("templates/**/*.txt"))


@cache
def words(path: Path):
    """Every message of a source file; of a plural, the singular."""
    text = path.read_text()
    if path.suffix != ".py":
        found = CALL.findall(templatize(text, origin=str(path)))
        return frozenset(map(ast.literal_eval, found))
    return frozenset(python_words(ast.parse(text)))


def python_words(tree):
    """The messages; what is looked up by a variable stands elsewhere as a message."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in MARKS:
            argument = node.args[0]
            if isinstance(argument, ast.Constant):
                yield argument.value


def refusals(room):
    """The sentences of a package's refusals, which officers' pages look up."""
    for path in sorted((BASE_DIR / room).rglob("*errors.py")):
        module = import_module(".".join(path.relative_to(BASE_DIR).with_suffix("").parts))
        for one in vars(module).values():
            if isinstance(one, type) and issubclass(one, DomainError):
                yield from {one.message} - {DomainError.message}


def cures():
    """What would change an answer: rules say it without Django, officers' pages look it up."""
    return {one.text for one in CURES.values() if one.text}


def djangos():
    """Words of Django's pages and of its models that officers see, and it does not translate."""
    with translation.override("en"):
        fields = {str(one.verbose_name) for one in get_user_model()._meta.fields}
    return {*NAVIGATION, *fields}


@cache
def compiled(language):
    """What the program finds, by English words; of a plural, the form for one."""
    path = BASE_DIR / "locale" / language / "LC_MESSAGES" / "django.mo"
    catalog = gettext.GNUTranslations(io.BytesIO(path.read_bytes()))._catalog
    return {
        key if isinstance(key, str) else key[0]: text
        for key, text in catalog.items()
        if isinstance(key, str) or key[1] == 0
    }


@cache
def written(language):
    """What the translator wrote, by English words; fuzzy ones count as missing."""
    path = BASE_DIR / "locale" / language / "LC_MESSAGES" / "django.po"
    found = {}
    for block in path.read_text().split("\n\n"):
        if re.search(r"^#,.*fuzzy", block, re.MULTILINE):
            continue
        entry = block_parts(block)
        if entry.get("msgid"):
            found[entry["msgid"]] = entry.get("msgstr[0]", entry.get("msgstr", ""))
    return found


def block_parts(block):
    parts, current = {}, ""
    for line in block.splitlines():
        match = PO_PART.match(line)
        if match is None:
            continue
        current = match[1] or current
        parts[current] = parts.get(current, "") + ast.literal_eval(match[2] or match[3])
    return parts
