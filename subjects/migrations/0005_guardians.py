from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("subjects", "0004_contact")]

    operations = []
