"""What a language is called, for people: in its own script, wherever that is known."""

from django.utils.translation import get_language_info

from consent.versions import languages


def language_name(tag: str) -> str:
    """The language in its own words, in the tag's script; the tag itself for an unknown one."""
    if known := languages.endonym(tag):
        return known
    try:
        return str(get_language_info(tag)["name_local"])
    except KeyError:
        return tag
