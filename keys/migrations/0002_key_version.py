import django.db.models.functions.datetime
from django.db import migrations, models

import keys.ids


class Migration(migrations.Migration):
    dependencies = [("keys", "0001_roles")]

    operations = [
        migrations.CreateModel(
            name="KeyVersion",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=keys.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("purpose", models.CharField(max_length=20)),
                ("version", models.PositiveIntegerField()),
                ("fingerprint", models.CharField(max_length=64)),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("purpose", "version"), name="keys_one_fingerprint_per_version"
                    )
                ],
            },
        ),
    ]
