"""Addresses of which one fails."""

from django.urls import path


def fail(_request):
    raise RuntimeError


urlpatterns = [path("", fail)]
