"""Reads what the pages say and what the catalogues know, without gettext's own tools."""

import ast
import gettext
import io
import re
from pathlib import Path

from django.utils.translation.template import templatize

from config.places import BASE_DIR

ERROR_PAGES = {"error.html", "404.html", "500.html", "403_csrf.html"}
MARKS = {"_", "gettext", "gettext_lazy"}
PO_PART = re.compile(r'^(msgctxt|msgid|msgid_plural|msgstr(?:\[\d\])?) (".*")$|^(".*")$')


def sources():
    """The files whose words a visitor of the portal may read."""
    yield from sorted((BASE_DIR / "portal").rglob("*.py"))
    yield from (BASE_DIR / "policies" / name for name in ("accounts.py", "words.py"))
    for folder in ("portal", "config"):
        templates = BASE_DIR / folder / "templates"
        yield from sorted(path for path in templates.glob("**/*.html") if is_ours(path))
        yield from sorted(templates.glob("portal/**/*.txt"))


def is_ours(path: Path):
    """The portal's own pages and those of errors; others' templates speak to staff."""
    return "portal" in path.parts or path.name in ERROR_PAGES


def words(path: Path):
    """Every message of a source file."""
    text = path.read_text()
    if path.suffix != ".py":
        text = re.sub(r"\b(?:gettext|_)\(u?", "_(", templatize(text, origin=str(path)))
        calls = re.findall(r"_\(((?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"))\s*\)", text)
        return {ast.literal_eval(call) for call in calls}
    return set(python_words(ast.parse(text)))


def python_words(tree):
    """The messages; what is looked up by a variable stands elsewhere as a message."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in MARKS:
            (argument,) = node.args
            if isinstance(argument, ast.Constant):
                yield argument.value


def compiled(language):
    """What the program finds, by English words."""
    path = BASE_DIR / "locale" / language / "LC_MESSAGES" / "django.mo"
    return dict(gettext.GNUTranslations(io.BytesIO(path.read_bytes()))._catalog)


def written(language):
    """What the translator wrote, by English words; fuzzy ones count as missing."""
    path = BASE_DIR / "locale" / language / "LC_MESSAGES" / "django.po"
    found = {}
    for block in path.read_text().split("\n\n"):
        if re.search(r"^#,.*fuzzy", block, re.MULTILINE):
            continue
        entry = block_parts(block)
        if entry.get("msgid"):
            found[entry["msgid"]] = entry.get("msgstr", "")
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
