"""What nobody may change afterwards: reveals, broken glass, disclosures."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("profiles", "0003_views")]

    operations = []
