"""Policy versions: what officers decide beyond the law."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("policies", "0001_reported")]

    operations = []
