"""What officers call a relationship."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("subjects", "0012_owner_stays"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="relationship",
            options={"verbose_name": "relationship", "verbose_name_plural": "relationships"},
        ),
    ]
