from django.db import migrations

from accounts.stamp import moves_stamp


class Migration(migrations.Migration):
    dependencies = [("registry", "0001_initial"), ("accounts", "0002_catalogue_stamp")]
    operations = [
        migrations.RunSQL(*moves_stamp(table))
        for table in ("registry_party", "registry_serviceparty")
    ]
