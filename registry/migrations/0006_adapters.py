"""What adapters of systems keep."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("registry", "0005_systems")]

    operations = []
