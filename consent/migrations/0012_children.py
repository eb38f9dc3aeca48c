from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("consent", "0011_restrictions")]

    operations = []
