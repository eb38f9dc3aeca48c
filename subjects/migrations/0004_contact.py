"""How and when a person may be contacted."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("subjects", "0003_fewer_indexes")]

    operations = []
