from django.db import migrations

from subjects.tenancy import belongs_together

TABLES = (
    "subjects_identifier",
    "subjects_standing",
    "subjects_relationship",
    "subjects_signinlink",
)


class Migration(migrations.Migration):
    dependencies = [("subjects", "0001_initial")]
    operations = [migrations.RunSQL(*belongs_together(table)) for table in TABLES]
