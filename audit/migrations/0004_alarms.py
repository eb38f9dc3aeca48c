"""Alarms: what the continuous verification found."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_trees")]

    operations = []
