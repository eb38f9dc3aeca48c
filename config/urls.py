"""Where each family of the public contract lives (the decision point is routed before Django)."""

from django.contrib import admin
from django.urls import include, path

from config import health
from portal.views.device import signals_supported

urlpatterns = [
    path("-/live", health.live, name="live"),
    path("-/ready", health.ready, name="ready"),
    path(".well-known/gpc.json", signals_supported, name="gpc"),
    path("admin/", admin.site.urls),
    path("api/v1/", include("config.api")),
    path("log/v1/", include("config.log_access")),
    path("privacy/", include("portal.urls")),
    path("errand/", include("erasure.manual.urls")),
    path("collect/", include("portal.collect.urls")),
]

handler404 = "config.errors.no_such_address"
