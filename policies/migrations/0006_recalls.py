"""Live permits, campaigns and recalls."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("policies", "0005_audiences")]

    operations = []
