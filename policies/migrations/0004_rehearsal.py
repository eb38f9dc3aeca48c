"""Rehearsals of drafts over recorded decisions."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("policies", "0003_caps")]

    operations = []
