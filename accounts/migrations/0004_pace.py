"""How much each service may ask."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_reserved_slugs")]

    operations = []
