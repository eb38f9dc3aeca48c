"""Which record a record was joined to, because both are of one person."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("subjects", "0005_guardians")]

    operations = [
        migrations.AddField(
            model_name="subject",
            name="merged_into",
            field=models.UUIDField(db_index=True, editable=False, null=True),
        ),
    ]
