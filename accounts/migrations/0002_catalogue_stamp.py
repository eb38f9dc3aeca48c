from django.db import migrations

from accounts.stamp import DROP_FUNCTION, FUNCTION, moves_stamp

TABLES = (
    "accounts_controller",
    "accounts_serviceclient",
    "accounts_servicekey",
    "accounts_servicepurpose",
)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [
        migrations.RunSQL(FUNCTION, DROP_FUNCTION),
        *(migrations.RunSQL(*moves_stamp(table)) for table in TABLES),
    ]
