"""Recorded legal findings, and freezes."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("registry", "0002_catalogue_stamp")]

    operations = []
