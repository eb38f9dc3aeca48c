"""What holds records to their persons and sources."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("profiles", "0001_initial")]

    operations = []
