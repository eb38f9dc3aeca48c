"""The mappings that the documents show are mappings."""

import json
import re

from config.places import BASE_DIR
from registry.connectors import valkey_settings
from registry.connectors.sql import settings


def test_what_the_documents_show_is_taken():
    text = (BASE_DIR / "docs" / "databases.md").read_text()
    shown = [json.loads(one) for one in re.findall(r"```json\n(.*?)```", text, re.DOTALL)]

    mapping, patterns = shown

    assert settings.read(mapping).declaration().by_category
    assert valkey_settings.read(patterns).declaration().honours_key
