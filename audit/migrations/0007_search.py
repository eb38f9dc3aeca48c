"""What searching the log needs."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("audit", "0006_retention")]

    operations = []
