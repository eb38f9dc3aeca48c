"""What holds versions of the views together."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("profiles", "0002_sources")]

    operations = []
