"""What witnesses say of checkpoints."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("audit", "0004_alarms")]

    operations = []
