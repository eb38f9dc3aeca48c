"""The end of payloads and of index lines."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("audit", "0005_witnesses")]

    operations = []
