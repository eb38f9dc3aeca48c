"""The officers' site: Django's own admin under our name (docs/adr/0007)."""

from django.contrib.admin import AdminSite
from django.utils.translation import gettext_lazy as _


class PrivacyAdminSite(AdminSite):
    site_header = _("Sammati")
    site_title = _("Sammati")
    index_title = _("Privacy desk")
