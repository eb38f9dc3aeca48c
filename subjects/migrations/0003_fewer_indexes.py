"""Rows about a person are found by the person; an index on the controller alone does harm.

While the statistics of a table that has just been filled are old, the planner takes such an index
for a small one, and reads every row of the controller for each person or foreign key it looks up.
"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_catalogue_stamp"),
        ("subjects", "0002_one_controller"),
    ]

    operations = [
        migrations.AlterField(
            model_name="identifier",
            name="controller",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.controller",
            ),
        ),
        migrations.AlterField(
            model_name="relationship",
            name="controller",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.controller",
            ),
        ),
        migrations.AlterField(
            model_name="signinlink",
            name="controller",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.controller",
            ),
        ),
        migrations.AlterField(
            model_name="standing",
            name="controller",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.controller",
            ),
        ),
        migrations.AlterField(
            model_name="subject",
            name="controller",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="subjects",
                to="accounts.controller",
            ),
        ),
    ]
