from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("consent", "0009_ledger_more")]

    operations = []
