"""What holds training sets and their people to one controller, and where a look left off."""

import django.utils.timezone
from django.db import migrations, models

from subjects.tenancy import belongs_together

OF_ONE_SET = """
ALTER TABLE erasure_trainingmember ADD CONSTRAINT erasure_trainingmember_own_set
  FOREIGN KEY (controller_id, training_set_id)
  REFERENCES erasure_trainingset (controller_id, id) DEFERRABLE INITIALLY IMMEDIATE
"""
OF_ANY = "ALTER TABLE erasure_trainingmember DROP CONSTRAINT erasure_trainingmember_own_set"


class Migration(migrations.Migration):
    dependencies = [("erasure", "0005_certificates"), ("subjects", "0009_returns")]

    operations = [
        migrations.AlterModelOptions(
            name="trainingmember",
            options={
                "verbose_name": "person in a training set",
                "verbose_name_plural": "people in training sets",
            },
        ),
        migrations.AddField(
            model_name="trainingset",
            name="looked_at",
            field=models.DateTimeField(default=django.utils.timezone.now),
        ),
        migrations.AddField(
            model_name="trainingset",
            name="looked_to",
            field=models.BigIntegerField(
                default=0, help_text="Up to which of the controller's changes it was compared."
            ),
        ),
        migrations.AddIndex(
            model_name="trainingmember",
            index=models.Index(
                condition=models.Q(("gone_at__isnull", False)),
                fields=["training_set", "subject_id"],
                name="erasure_training_gone",
            ),
        ),
        migrations.AddConstraint(
            model_name="trainingset",
            constraint=models.UniqueConstraint(
                fields=("controller", "id"), name="erasure_training_set_of_controller"
            ),
        ),
        migrations.RunSQL(*belongs_together("erasure_trainingmember")),
        migrations.RunSQL(OF_ONE_SET, OF_ANY),
    ]
