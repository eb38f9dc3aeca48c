"""Which tombstones are of an identifier alone, whose owner stays."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("subjects", "0011_company_holds"),
    ]

    operations = [
        migrations.AddField(
            model_name="tombstone",
            name="owner_stays",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Only this identifier was erased: the person is known by others.",
                verbose_name="the person stays",
            ),
        ),
    ]
