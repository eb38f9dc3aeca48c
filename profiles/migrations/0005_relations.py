"""In what capacity a person is looked at."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("profiles", "0004_guarded")]

    operations = []
