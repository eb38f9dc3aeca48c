"""Counters of permits, and the first answers to repeated questions."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("policies", "0002_versions")]

    operations = []
