"""Answers that are saved as a file, and kept by nobody between."""

from django.http import HttpResponse
from django.utils.cache import patch_cache_control


def as_file(name: str, media_type: str, body: bytes) -> HttpResponse:
    response = HttpResponse(body, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    patch_cache_control(response, no_store=True, private=True)
    return response
