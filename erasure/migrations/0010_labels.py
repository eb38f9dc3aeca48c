"""What officers read beside each field; nothing of the tables changes."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

from keys.restating import Restated


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_erasure"),
        ("erasure", "0009_joints"),
        ("registry", "0010_labels"),
        ("subjects", "0011_labels"),
    ]

    operations = [
        Restated(
            state_operations=[
                migrations.AlterField(
                    model_name="callback",
                    name="case_id",
                    field=models.UUIDField(blank=True, null=True, verbose_name="erasure case"),
                ),
                migrations.AlterField(
                    model_name="callback",
                    name="code",
                    field=models.CharField(
                        help_text="Told the person for asking.",
                        max_length=40,
                        verbose_name="code of the page about it",
                    ),
                ),
                migrations.AlterField(
                    model_name="callback",
                    name="controller",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.controller",
                        verbose_name="controller",
                    ),
                ),
                migrations.AlterField(
                    model_name="callback",
                    name="message_id",
                    field=models.CharField(
                        help_text="The platform's own; told once.",
                        max_length=100,
                        verbose_name="message",
                    ),
                ),
                migrations.AlterField(
                    model_name="callback",
                    name="outcome",
                    field=models.CharField(
                        choices=[
                            ("access_asked", "A copy is asked for: an officer answers."),
                            ("access_opened", "The request for a copy is in the queue."),
                            ("erase", "It is being looked up."),
                            ("joined", "A case about the person was under way."),
                            ("nothing", "It asks for nothing."),
                            ("opened", "A case was opened."),
                            ("shop_closed", "A shop has closed: an officer sees to its people."),
                            ("shop_erased", "Cases were opened for the people of the shop."),
                            ("shop_kept", "An officer decided that the shop’s people stay."),
                            ("sign_in_revoked", "The person signs in with the platform no more."),
                            ("unknown_person", "Nobody here is known by the platform’s id."),
                            ("verified", "The platform asked whether it reaches us."),
                        ],
                        max_length=40,
                        verbose_name="what followed",
                    ),
                ),
                migrations.AlterField(
                    model_name="callback",
                    name="platform",
                    field=models.CharField(
                        choices=[
                            ("apple", "Apple"),
                            ("google", "Google"),
                            ("meta", "Meta"),
                            ("shopify", "Shopify"),
                        ],
                        max_length=10,
                        verbose_name="platform",
                    ),
                ),
                migrations.AlterField(
                    model_name="callback",
                    name="received_at",
                    field=models.DateTimeField(auto_now_add=True, verbose_name="received at"),
                ),
                migrations.AlterField(
                    model_name="case",
                    name="approved_at",
                    field=models.DateTimeField(blank=True, null=True, verbose_name="approved at"),
                ),
                migrations.AlterField(
                    model_name="case",
                    name="approved_by",
                    field=models.CharField(blank=True, max_length=80, verbose_name="approved by"),
                ),
                migrations.AlterField(
                    model_name="case",
                    name="claims",
                    field=models.JSONField(
                        db_default=[],
                        default=list,
                        help_text="Exemptions an officer claimed: category, pack, citation, until.",
                        verbose_name="claimed exemptions",
                    ),
                ),
                migrations.AlterField(
                    model_name="case",
                    name="closed_at",
                    field=models.DateTimeField(blank=True, null=True, verbose_name="closed at"),
                ),
                migrations.AlterField(
                    model_name="case",
                    name="closed_by",
                    field=models.CharField(blank=True, max_length=80, verbose_name="closed by"),
                ),
                migrations.AlterField(
                    model_name="case",
                    name="code",
                    field=models.CharField(
                        blank=True,
                        help_text="Why it waits, was refused or cancelled.",
                        max_length=60,
                        verbose_name="why it waits or ended",
                    ),
                ),
                migrations.AlterField(
                    model_name="case",
                    name="controller",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.controller",
                        verbose_name="controller",
                    ),
                ),
                migrations.AlterField(
                    model_name="case",
                    name="due_at",
                    field=models.DateTimeField(verbose_name="due"),
                ),
                migrations.AlterField(
                    model_name="case",
                    name="joined_into",
                    field=models.UUIDField(
                        blank=True,
                        help_text="The case that already does what this one asks for.",
                        null=True,
                        verbose_name="done by another case",
                    ),
                ),
                migrations.AlterField(
                    model_name="case",
                    name="law",
                    field=models.CharField(
                        blank=True,
                        db_default="",
                        default="",
                        help_text="Whose law an officer decided on, where two contradict.",
                        max_length=2,
                        verbose_name="whose law counts",
                    ),
                ),
                migrations.AlterField(
                    model_name="case",
                    name="opened_at",
                    field=models.DateTimeField(auto_now_add=True, verbose_name="opened at"),
                ),
                migrations.AlterField(
                    model_name="case",
                    name="opened_by",
                    field=models.CharField(max_length=80, verbose_name="opened by"),
                ),
                migrations.AlterField(
                    model_name="case",
                    name="packs",
                    field=django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=2),
                        default=list,
                        size=None,
                        verbose_name="laws",
                    ),
                ),
                migrations.AlterField(
                    model_name="case",
                    name="plan",
                    field=models.JSONField(
                        default=dict,
                        help_text="What happens to what, where and why.",
                        verbose_name="plan",
                    ),
                ),
                migrations.AlterField(
                    model_name="case",
                    name="plan_sha256",
                    field=models.CharField(
                        blank=True, max_length=64, verbose_name="digest of the plan"
                    ),
                ),
                migrations.AlterField(
                    model_name="case",
                    name="planned_at",
                    field=models.DateTimeField(blank=True, null=True, verbose_name="planned at"),
                ),
                migrations.AlterField(
                    model_name="case",
                    name="policy",
                    field=models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="erasure.policy",
                        verbose_name="policy",
                    ),
                ),
                migrations.AlterField(
                    model_name="case",
                    name="received_at",
                    field=models.DateTimeField(
                        help_text="When the duty began: clocks count from here.",
                        verbose_name="duty began",
                    ),
                ),
                migrations.AlterField(
                    model_name="case",
                    name="refusal",
                    field=models.CharField(
                        blank=True,
                        db_default="",
                        default="",
                        help_text="Why it was refused, in words the person is told.",
                        max_length=300,
                        verbose_name="why it was refused",
                    ),
                ),
                migrations.AlterField(
                    model_name="case",
                    name="revisit_on",
                    field=models.DateField(
                        blank=True,
                        help_text="When it is seen whether what stayed must go now.",
                        null=True,
                        verbose_name="looked at again on",
                    ),
                ),
                migrations.AlterField(
                    model_name="case",
                    name="scope",
                    field=models.CharField(
                        blank=True, max_length=100, verbose_name="purpose or category"
                    ),
                ),
                migrations.AlterField(
                    model_name="case",
                    name="scope_type",
                    field=models.CharField(
                        choices=[
                            ("everything", "Everything"),
                            ("purpose", "A purpose"),
                            ("category", "A data category"),
                        ],
                        max_length=12,
                        verbose_name="reaches",
                    ),
                ),
                migrations.AlterField(
                    model_name="case",
                    name="state",
                    field=models.CharField(
                        choices=[
                            ("open", "Opened"),
                            ("review", "Waits for an officer's decision"),
                            ("approval", "Waits for approval"),
                            ("running", "Under way"),
                            ("closed", "Closed"),
                            ("cancelled", "Cancelled"),
                            ("refused", "Refused"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                migrations.AlterField(
                    model_name="case",
                    name="subject",
                    field=models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="subjects.subject",
                        verbose_name="person",
                    ),
                ),
                migrations.AlterField(
                    model_name="case",
                    name="trigger",
                    field=models.CharField(
                        choices=[
                            ("request", "The person asked"),
                            ("withdrawal", "A consent was withdrawn"),
                            ("purpose_end", "The purpose has ended"),
                            ("retention", "The retention period has ended"),
                            ("inactivity", "The person was not heard of for the period of the law"),
                            ("objection", "An objection was upheld"),
                            ("unlawful", "The processing was unlawful"),
                            ("legal_duty", "A law or an order says so"),
                            ("child_service", "Collected from a child for an online service"),
                            ("platform", "A platform passed the person's request on"),
                        ],
                        max_length=16,
                        verbose_name="why there is a case",
                    ),
                ),
                migrations.AlterField(
                    model_name="case",
                    name="trigger_ref",
                    field=models.CharField(
                        help_text="What happened, as an id of ours or a reference of theirs.",
                        max_length=100,
                        verbose_name="reference",
                    ),
                ),
                migrations.AlterField(
                    model_name="case",
                    name="verb",
                    field=models.CharField(
                        choices=[
                            ("erase", "Erase"),
                            ("correct", "Correct"),
                            ("restrict", "Restrict"),
                            ("lift", "Lift a restriction"),
                        ],
                        default="erase",
                        max_length=10,
                        verbose_name="what is done",
                    ),
                ),
                migrations.AlterField(
                    model_name="certificate",
                    name="body",
                    field=models.BinaryField(
                        help_text="Canonical JSON; names nobody.", verbose_name="what it says"
                    ),
                ),
                migrations.AlterField(
                    model_name="certificate",
                    name="case",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="certificates",
                        to="erasure.case",
                        verbose_name="erasure case",
                    ),
                ),
                migrations.AlterField(
                    model_name="certificate",
                    name="controller",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.controller",
                        verbose_name="controller",
                    ),
                ),
                migrations.AlterField(
                    model_name="certificate",
                    name="issued_at",
                    field=models.DateTimeField(verbose_name="issued at"),
                ),
                migrations.AlterField(
                    model_name="certificate",
                    name="key_id",
                    field=models.CharField(max_length=80, verbose_name="signed with the key"),
                ),
                migrations.AlterField(
                    model_name="certificate",
                    name="number",
                    field=models.PositiveSmallIntegerField(default=1, verbose_name="issue"),
                ),
                migrations.AlterField(
                    model_name="certificate",
                    name="signature",
                    field=models.BinaryField(verbose_name="signature"),
                ),
                migrations.AlterField(
                    model_name="errand",
                    name="controller",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.controller",
                        verbose_name="controller",
                    ),
                ),
                migrations.AlterField(
                    model_name="errand",
                    name="digest",
                    field=models.CharField(
                        help_text="Of the link’s token.",
                        max_length=64,
                        unique=True,
                        verbose_name="digest of the link",
                    ),
                ),
                migrations.AlterField(
                    model_name="errand",
                    name="ends_at",
                    field=models.DateTimeField(verbose_name="open until"),
                ),
                migrations.AlterField(
                    model_name="errand",
                    name="opened_at",
                    field=models.DateTimeField(verbose_name="opened at"),
                ),
                migrations.AlterField(
                    model_name="errand",
                    name="party",
                    field=models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.party",
                        verbose_name="party",
                    ),
                ),
                migrations.AlterField(
                    model_name="errand",
                    name="system",
                    field=models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.system",
                        verbose_name="system",
                    ),
                ),
                migrations.AlterField(
                    model_name="gate",
                    name="answered_at",
                    field=models.DateTimeField(blank=True, null=True, verbose_name="answered last"),
                ),
                migrations.AlterField(
                    model_name="gate",
                    name="budget",
                    field=models.FloatField(default=0, verbose_name="calls left"),
                ),
                migrations.AlterField(
                    model_name="gate",
                    name="budget_at",
                    field=models.DateTimeField(
                        blank=True, null=True, verbose_name="calls counted at"
                    ),
                ),
                migrations.AlterField(
                    model_name="gate",
                    name="controller",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.controller",
                        verbose_name="controller",
                    ),
                ),
                migrations.AlterField(
                    model_name="gate",
                    name="failures",
                    field=models.PositiveIntegerField(
                        default=0, help_text="In a row.", verbose_name="failures in a row"
                    ),
                ),
                migrations.AlterField(
                    model_name="gate",
                    name="rests_until_at",
                    field=models.DateTimeField(
                        blank=True, null=True, verbose_name="left alone until"
                    ),
                ),
                migrations.AlterField(
                    model_name="gate",
                    name="system",
                    field=models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="registry.system",
                        verbose_name="system",
                    ),
                ),
                migrations.AlterField(
                    model_name="gate",
                    name="trouble",
                    field=models.CharField(
                        blank=True, max_length=60, verbose_name="what went wrong"
                    ),
                ),
                migrations.AlterField(
                    model_name="gate",
                    name="waves",
                    field=models.JSONField(
                        default=dict,
                        help_text="By lane: how many jobs it has had.",
                        verbose_name="jobs by lane",
                    ),
                ),
                migrations.AlterField(
                    model_name="hold",
                    name="authority",
                    field=models.CharField(max_length=120, verbose_name="authority"),
                ),
                migrations.AlterField(
                    model_name="hold",
                    name="citation",
                    field=models.CharField(max_length=120, verbose_name="law"),
                ),
                migrations.AlterField(
                    model_name="hold",
                    name="controller",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.controller",
                        verbose_name="controller",
                    ),
                ),
                migrations.AlterField(
                    model_name="hold",
                    name="lifted_at",
                    field=models.DateTimeField(blank=True, null=True, verbose_name="lifted at"),
                ),
                migrations.AlterField(
                    model_name="hold",
                    name="lifted_by",
                    field=models.CharField(blank=True, max_length=80, verbose_name="lifted by"),
                ),
                migrations.AlterField(
                    model_name="hold",
                    name="lifted_reason",
                    field=models.CharField(
                        blank=True, max_length=300, verbose_name="why it was lifted"
                    ),
                ),
                migrations.AlterField(
                    model_name="hold",
                    name="matter",
                    field=models.CharField(
                        help_text="The matter's reference, not its people.",
                        max_length=80,
                        verbose_name="matter",
                    ),
                ),
                migrations.AlterField(
                    model_name="hold",
                    name="review_on",
                    field=models.DateField(verbose_name="look at it again on"),
                ),
                migrations.AlterField(
                    model_name="hold",
                    name="scope",
                    field=models.CharField(
                        blank=True, max_length=100, verbose_name="purpose or category"
                    ),
                ),
                migrations.AlterField(
                    model_name="hold",
                    name="scope_type",
                    field=models.CharField(
                        choices=[
                            ("everything", "Everything"),
                            ("purpose", "A purpose"),
                            ("category", "A data category"),
                        ],
                        max_length=12,
                        verbose_name="reaches",
                    ),
                ),
                migrations.AlterField(
                    model_name="hold",
                    name="set_at",
                    field=models.DateTimeField(auto_now_add=True, verbose_name="set at"),
                ),
                migrations.AlterField(
                    model_name="hold",
                    name="set_by",
                    field=models.CharField(max_length=80, verbose_name="set by"),
                ),
                migrations.AlterField(
                    model_name="hold",
                    name="subject",
                    field=models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        help_text="Empty: everybody within the scope.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="subjects.subject",
                        verbose_name="person",
                    ),
                ),
                migrations.AlterField(
                    model_name="inactivitynotice",
                    name="controller",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.controller",
                        verbose_name="controller",
                    ),
                ),
                migrations.AlterField(
                    model_name="inactivitynotice",
                    name="created_at",
                    field=models.DateTimeField(auto_now_add=True, verbose_name="entered at"),
                ),
                migrations.AlterField(
                    model_name="inactivitynotice",
                    name="delivered_at",
                    field=models.DateTimeField(blank=True, null=True, verbose_name="told at"),
                ),
                migrations.AlterField(
                    model_name="inactivitynotice",
                    name="delivered_how",
                    field=models.CharField(
                        blank=True,
                        choices=[
                            ("email", "By e-mail"),
                            ("letter", "By letter"),
                            ("sms", "By text message"),
                            ("phone", "By telephone"),
                            ("in_person", "In person"),
                        ],
                        db_default="",
                        default="",
                        max_length=10,
                        verbose_name="how they were told",
                    ),
                ),
                migrations.AlterField(
                    model_name="inactivitynotice",
                    name="ended_at",
                    field=models.DateTimeField(blank=True, null=True, verbose_name="ended at"),
                ),
                migrations.AlterField(
                    model_name="inactivitynotice",
                    name="ended_how",
                    field=models.CharField(
                        blank=True,
                        choices=[
                            ("heard", "The person was heard of"),
                            ("purged", "The data were erased"),
                        ],
                        max_length=20,
                        verbose_name="how it ended",
                    ),
                ),
                migrations.AlterField(
                    model_name="inactivitynotice",
                    name="last_heard_at",
                    field=models.DateTimeField(verbose_name="heard of last"),
                ),
                migrations.AlterField(
                    model_name="inactivitynotice",
                    name="proof",
                    field=models.CharField(
                        blank=True,
                        db_default="",
                        default="",
                        help_text="What shows the delivery, as a reference; never a person’s data.",
                        max_length=120,
                        verbose_name="proof",
                    ),
                ),
                migrations.AlterField(
                    model_name="inactivitynotice",
                    name="purge_at",
                    field=models.DateTimeField(verbose_name="erased on"),
                ),
                migrations.AlterField(
                    model_name="inactivitynotice",
                    name="subject",
                    field=models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="subjects.subject",
                        verbose_name="person",
                    ),
                ),
                migrations.AlterField(
                    model_name="mark",
                    name="at",
                    field=models.DateTimeField(verbose_name="at"),
                ),
                migrations.AlterField(
                    model_name="mark",
                    name="attempt",
                    field=models.PositiveIntegerField(default=0, verbose_name="attempt"),
                ),
                migrations.AlterField(
                    model_name="mark",
                    name="code",
                    field=models.CharField(blank=True, max_length=60, verbose_name="what was said"),
                ),
                migrations.AlterField(
                    model_name="mark",
                    name="evidence",
                    field=models.JSONField(default=dict, verbose_name="evidence"),
                ),
                migrations.AlterField(
                    model_name="mark",
                    name="kind",
                    field=models.CharField(
                        choices=[
                            ("sent", "Sent"),
                            ("accepted", "Accepted"),
                            ("confirmed", "Confirmed"),
                            ("absent", "Verified absent"),
                            ("reopened", "Found undone, and begun again"),
                            ("exempt", "Exempt"),
                            ("excepted", "Excepted"),
                            ("failed", "Failed"),
                            ("late", "Looked at once more"),
                            ("reminded", "Asked again, by hand"),
                        ],
                        max_length=10,
                        verbose_name="what happened",
                    ),
                ),
                migrations.AlterField(
                    model_name="mark",
                    name="round",
                    field=models.PositiveSmallIntegerField(verbose_name="round"),
                ),
                migrations.AlterField(
                    model_name="mark",
                    name="step",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="marks",
                        to="erasure.step",
                        verbose_name="step",
                    ),
                ),
                migrations.AlterField(
                    model_name="platformapp",
                    name="audiences",
                    field=django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=200),
                        blank=True,
                        default=list,
                        help_text="The app’s ids there, where the platform names them in what it signs.",
                        size=None,
                        verbose_name="the app’s ids there",
                    ),
                ),
                migrations.AlterField(
                    model_name="platformapp",
                    name="before",
                    field=models.CharField(
                        blank=True,
                        help_text="How our identifiers begin before the id there.",
                        max_length=40,
                        verbose_name="our identifiers begin with",
                    ),
                ),
                migrations.AlterField(
                    model_name="platformapp",
                    name="controller",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.controller",
                        verbose_name="controller",
                    ),
                ),
                migrations.AlterField(
                    model_name="platformapp",
                    name="created_at",
                    field=models.DateTimeField(auto_now_add=True, verbose_name="entered at"),
                ),
                migrations.AlterField(
                    model_name="platformapp",
                    name="created_by",
                    field=models.CharField(max_length=80, verbose_name="entered by"),
                ),
                migrations.AlterField(
                    model_name="platformapp",
                    name="is_active",
                    field=models.BooleanField(default=True, verbose_name="in use"),
                ),
                migrations.AlterField(
                    model_name="platformapp",
                    name="keys",
                    field=models.JSONField(
                        blank=True,
                        default=list,
                        help_text="As they were published last.",
                        verbose_name="published keys",
                    ),
                ),
                migrations.AlterField(
                    model_name="platformapp",
                    name="keys_at",
                    field=models.DateTimeField(blank=True, null=True, verbose_name="keys read at"),
                ),
                migrations.AlterField(
                    model_name="platformapp",
                    name="keys_url",
                    field=models.CharField(
                        blank=True,
                        help_text="Empty: where the platform publishes its keys.",
                        max_length=300,
                        verbose_name="where its keys are published",
                    ),
                ),
                migrations.AlterField(
                    model_name="platformapp",
                    name="platform",
                    field=models.CharField(
                        choices=[
                            ("apple", "Apple"),
                            ("google", "Google"),
                            ("meta", "Meta"),
                            ("shopify", "Shopify"),
                        ],
                        max_length=10,
                        verbose_name="platform",
                    ),
                ),
                migrations.AlterField(
                    model_name="platformapp",
                    name="scheme",
                    field=models.CharField(
                        default="account", max_length=12, verbose_name="people are identifiers of"
                    ),
                ),
                migrations.AlterField(
                    model_name="policy",
                    name="approved_at",
                    field=models.DateTimeField(blank=True, null=True, verbose_name="approved at"),
                ),
                migrations.AlterField(
                    model_name="policy",
                    name="approved_by",
                    field=models.CharField(blank=True, max_length=80, verbose_name="approved by"),
                ),
                migrations.AlterField(
                    model_name="policy",
                    name="content",
                    field=models.JSONField(verbose_name="what it says"),
                ),
                migrations.AlterField(
                    model_name="policy",
                    name="controller",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.controller",
                        verbose_name="controller",
                    ),
                ),
                migrations.AlterField(
                    model_name="policy",
                    name="created_at",
                    field=models.DateTimeField(auto_now_add=True, verbose_name="entered at"),
                ),
                migrations.AlterField(
                    model_name="policy",
                    name="created_by",
                    field=models.CharField(max_length=80, verbose_name="entered by"),
                ),
                migrations.AlterField(
                    model_name="policy",
                    name="note",
                    field=models.CharField(blank=True, max_length=300, verbose_name="what changes"),
                ),
                migrations.AlterField(
                    model_name="policy",
                    name="number",
                    field=models.PositiveIntegerField(verbose_name="number"),
                ),
                migrations.AlterField(
                    model_name="retentionrule",
                    name="category",
                    field=models.CharField(
                        blank=True, max_length=100, verbose_name="data category"
                    ),
                ),
                migrations.AlterField(
                    model_name="retentionrule",
                    name="citation",
                    field=models.CharField(blank=True, max_length=160, verbose_name="law"),
                ),
                migrations.AlterField(
                    model_name="retentionrule",
                    name="code",
                    field=models.SlugField(max_length=60, verbose_name="code"),
                ),
                migrations.AlterField(
                    model_name="retentionrule",
                    name="controller",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.controller",
                        verbose_name="controller",
                    ),
                ),
                migrations.AlterField(
                    model_name="retentionrule",
                    name="counts_from",
                    field=models.CharField(
                        choices=[
                            ("collected", "When it was collected"),
                            ("last_use", "When it was used last"),
                            ("purpose_end", "When its purpose ended"),
                        ],
                        max_length=12,
                        verbose_name="counts from",
                    ),
                ),
                migrations.AlterField(
                    model_name="retentionrule",
                    name="created_at",
                    field=models.DateTimeField(auto_now_add=True, verbose_name="entered at"),
                ),
                migrations.AlterField(
                    model_name="retentionrule",
                    name="created_by",
                    field=models.CharField(max_length=80, verbose_name="entered by"),
                ),
                migrations.AlterField(
                    model_name="retentionrule",
                    name="effective_on",
                    field=models.DateField(verbose_name="counts from the day"),
                ),
                migrations.AlterField(
                    model_name="retentionrule",
                    name="ended_on",
                    field=models.DateField(blank=True, null=True, verbose_name="ended on"),
                ),
                migrations.AlterField(
                    model_name="retentionrule",
                    name="maximum_days",
                    field=models.PositiveIntegerField(
                        blank=True, null=True, verbose_name="gone after (days)"
                    ),
                ),
                migrations.AlterField(
                    model_name="retentionrule",
                    name="minimum_days",
                    field=models.PositiveIntegerField(
                        default=0, verbose_name="kept at least (days)"
                    ),
                ),
                migrations.AlterField(
                    model_name="retentionrule",
                    name="pack",
                    field=models.CharField(
                        blank=True,
                        help_text="IN or EU; empty: both.",
                        max_length=2,
                        verbose_name="whose law",
                    ),
                ),
                migrations.AlterField(
                    model_name="retentionrule",
                    name="purpose",
                    field=models.CharField(blank=True, max_length=100, verbose_name="purpose"),
                ),
                migrations.AlterField(
                    model_name="retentionrule",
                    name="reviewed_by",
                    field=models.CharField(blank=True, max_length=120, verbose_name="reviewed by"),
                ),
                migrations.AlterField(
                    model_name="shownevidence",
                    name="claim",
                    field=models.CharField(
                        choices=[
                            ("done", "The person’s data are gone"),
                            ("nobody", "The system knows nobody of these identifiers"),
                            ("refused", "It cannot be done"),
                        ],
                        max_length=8,
                        verbose_name="what became of it",
                    ),
                ),
                migrations.AlterField(
                    model_name="shownevidence",
                    name="controller",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.controller",
                        verbose_name="controller",
                    ),
                ),
                migrations.AlterField(
                    model_name="shownevidence",
                    name="decided_at",
                    field=models.DateTimeField(blank=True, null=True, verbose_name="decided at"),
                ),
                migrations.AlterField(
                    model_name="shownevidence",
                    name="decided_by",
                    field=models.CharField(blank=True, max_length=80, verbose_name="decided by"),
                ),
                migrations.AlterField(
                    model_name="shownevidence",
                    name="is_accepted",
                    field=models.BooleanField(blank=True, null=True, verbose_name="accepted"),
                ),
                migrations.AlterField(
                    model_name="shownevidence",
                    name="media_type",
                    field=models.CharField(max_length=40, verbose_name="kind of file"),
                ),
                migrations.AlterField(
                    model_name="shownevidence",
                    name="reason",
                    field=models.CharField(
                        blank=True,
                        help_text="Never a person’s data.",
                        max_length=300,
                        verbose_name="why it was rejected",
                    ),
                ),
                migrations.AlterField(
                    model_name="shownevidence",
                    name="round",
                    field=models.PositiveSmallIntegerField(verbose_name="round"),
                ),
                migrations.AlterField(
                    model_name="shownevidence",
                    name="sha256",
                    field=models.CharField(max_length=64, verbose_name="digest of the file"),
                ),
                migrations.AlterField(
                    model_name="shownevidence",
                    name="shown_at",
                    field=models.DateTimeField(verbose_name="shown at"),
                ),
                migrations.AlterField(
                    model_name="shownevidence",
                    name="shown_by",
                    field=models.CharField(max_length=80, verbose_name="shown by"),
                ),
                migrations.AlterField(
                    model_name="shownevidence",
                    name="size",
                    field=models.PositiveIntegerField(verbose_name="size (bytes)"),
                ),
                migrations.AlterField(
                    model_name="shownevidence",
                    name="step",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shown",
                        to="erasure.step",
                        verbose_name="step",
                    ),
                ),
                migrations.AlterField(
                    model_name="step",
                    name="accepted_at",
                    field=models.DateTimeField(blank=True, null=True, verbose_name="accepted at"),
                ),
                migrations.AlterField(
                    model_name="step",
                    name="after",
                    field=django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(),
                        default=list,
                        help_text="Steps of the case that end before it.",
                        size=None,
                        verbose_name="waits for",
                    ),
                ),
                migrations.AlterField(
                    model_name="step",
                    name="after_seconds",
                    field=models.PositiveIntegerField(
                        default=0, verbose_name="and so many seconds more"
                    ),
                ),
                migrations.AlterField(
                    model_name="step",
                    name="attempts",
                    field=models.PositiveIntegerField(
                        default=0, help_text="In this round.", verbose_name="attempts"
                    ),
                ),
                migrations.AlterField(
                    model_name="step",
                    name="case",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steps",
                        to="erasure.case",
                        verbose_name="erasure case",
                    ),
                ),
                migrations.AlterField(
                    model_name="step",
                    name="categories",
                    field=django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=100),
                        default=list,
                        help_text="Empty: everything.",
                        size=None,
                        verbose_name="data categories",
                    ),
                ),
                migrations.AlterField(
                    model_name="step",
                    name="code",
                    field=models.CharField(
                        blank=True,
                        help_text="What went wrong last.",
                        max_length=60,
                        verbose_name="what went wrong",
                    ),
                ),
                migrations.AlterField(
                    model_name="step",
                    name="confirmed_at",
                    field=models.DateTimeField(
                        blank=True, null=True, verbose_name="said to be done at"
                    ),
                ),
                migrations.AlterField(
                    model_name="step",
                    name="controller",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.controller",
                        verbose_name="controller",
                    ),
                ),
                migrations.AlterField(
                    model_name="step",
                    name="created_at",
                    field=models.DateTimeField(auto_now_add=True, verbose_name="entered at"),
                ),
                migrations.AlterField(
                    model_name="step",
                    name="duty",
                    field=models.CharField(
                        choices=[
                            ("instruct", "Instruct: it works on the controller's behalf"),
                            ("inform", "Inform: it decides for itself (GDPR 19)"),
                        ],
                        default="instruct",
                        max_length=10,
                        verbose_name="duty",
                    ),
                ),
                migrations.AlterField(
                    model_name="step",
                    name="ended_at",
                    field=models.DateTimeField(blank=True, null=True, verbose_name="ended at"),
                ),
                migrations.AlterField(
                    model_name="step",
                    name="evidence",
                    field=models.JSONField(
                        default=dict,
                        help_text="Codes, counts and digests only.",
                        verbose_name="evidence",
                    ),
                ),
                migrations.AlterField(
                    model_name="step",
                    name="excepted_by",
                    field=models.CharField(blank=True, max_length=80, verbose_name="excepted by"),
                ),
                migrations.AlterField(
                    model_name="step",
                    name="excepted_reason",
                    field=models.CharField(
                        blank=True, max_length=300, verbose_name="why it was excepted"
                    ),
                ),
                migrations.AlterField(
                    model_name="step",
                    name="kept",
                    field=models.JSONField(
                        default=list,
                        help_text="What stays: category, because, citation, until.",
                        verbose_name="what stays",
                    ),
                ),
                migrations.AlterField(
                    model_name="step",
                    name="late_at",
                    field=models.DateTimeField(
                        blank=True,
                        help_text="When it is looked at once more.",
                        null=True,
                        verbose_name="looked at once more at",
                    ),
                ),
                migrations.AlterField(
                    model_name="step",
                    name="late_finding",
                    field=models.CharField(
                        blank=True,
                        choices=[
                            ("absent", "The data are gone."),
                            ("anonymised", "What is left leads to nobody."),
                            ("archived", "The data are archived there, not gone."),
                            ("present", "The data are still there."),
                            ("suppressed", "The data are suppressed there, not gone."),
                            (
                                "unsure",
                                "The system’s answer tells neither that the data are there nor that they are gone.",
                            ),
                        ],
                        max_length=12,
                        verbose_name="what was found then",
                    ),
                ),
                migrations.AlterField(
                    model_name="step",
                    name="next_at",
                    field=models.DateTimeField(blank=True, null=True, verbose_name="next attempt"),
                ),
                migrations.AlterField(
                    model_name="step",
                    name="party",
                    field=models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.party",
                        verbose_name="party",
                    ),
                ),
                migrations.AlterField(
                    model_name="step",
                    name="possible_repeats",
                    field=models.PositiveIntegerField(
                        default=0,
                        help_text="Calls that may have had their effect twice.",
                        verbose_name="calls that may have had effect twice",
                    ),
                ),
                migrations.AlterField(
                    model_name="step",
                    name="reference",
                    field=models.CharField(
                        blank=True,
                        help_text="The system's own.",
                        max_length=200,
                        verbose_name="the system’s reference",
                    ),
                ),
                migrations.AlterField(
                    model_name="step",
                    name="round",
                    field=models.PositiveSmallIntegerField(default=1, verbose_name="round"),
                ),
                migrations.AlterField(
                    model_name="step",
                    name="sent_at",
                    field=models.DateTimeField(blank=True, null=True, verbose_name="told at"),
                ),
                migrations.AlterField(
                    model_name="step",
                    name="state",
                    field=models.CharField(
                        choices=[
                            ("planned", "Planned"),
                            ("sent", "Sent"),
                            ("accepted", "Accepted by the system"),
                            ("confirmed", "The system says it is done"),
                            ("absent", "Verified absent"),
                            ("exempt", "Exempt by law"),
                            ("excepted", "Excepted by an officer's signature"),
                            ("failed", "Failed: an officer must look"),
                        ],
                        default="planned",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                migrations.AlterField(
                    model_name="step",
                    name="system",
                    field=models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.system",
                        verbose_name="system",
                    ),
                ),
                migrations.AlterField(
                    model_name="step",
                    name="verb",
                    field=models.CharField(
                        choices=[
                            ("erase", "Erase"),
                            ("correct", "Correct"),
                            ("restrict", "Restrict"),
                            ("lift", "Lift a restriction"),
                        ],
                        max_length=10,
                        verbose_name="what is done",
                    ),
                ),
                migrations.AlterField(
                    model_name="trainingmember",
                    name="controller",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.controller",
                        verbose_name="controller",
                    ),
                ),
                migrations.AlterField(
                    model_name="trainingmember",
                    name="gone_at",
                    field=models.DateTimeField(blank=True, null=True, verbose_name="gone since"),
                ),
                migrations.AlterField(
                    model_name="trainingmember",
                    name="training_set",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="people",
                        to="erasure.trainingset",
                        verbose_name="training set",
                    ),
                ),
                migrations.AlterField(
                    model_name="trainingmember",
                    name="why",
                    field=models.CharField(
                        blank=True,
                        choices=[("erased", "Erased"), ("withdrawn", "Withdrawn from the purpose")],
                        max_length=20,
                        verbose_name="why",
                    ),
                ),
                migrations.AlterField(
                    model_name="trainingset",
                    name="controller",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.controller",
                        verbose_name="controller",
                    ),
                ),
                migrations.AlterField(
                    model_name="trainingset",
                    name="created_at",
                    field=models.DateTimeField(auto_now_add=True, verbose_name="entered at"),
                ),
                migrations.AlterField(
                    model_name="trainingset",
                    name="flagged_at",
                    field=models.DateTimeField(blank=True, null=True, verbose_name="flagged at"),
                ),
                migrations.AlterField(
                    model_name="trainingset",
                    name="gone",
                    field=models.PositiveIntegerField(
                        default=0,
                        help_text="Of them erased, or withdrawn from the purpose, since.",
                        verbose_name="gone since",
                    ),
                ),
                migrations.AlterField(
                    model_name="trainingset",
                    name="looked_at",
                    field=models.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="compared at"
                    ),
                ),
                migrations.AlterField(
                    model_name="trainingset",
                    name="looked_to",
                    field=models.BigIntegerField(
                        default=0,
                        help_text="Up to which of the controller's changes it was compared.",
                        verbose_name="compared up to",
                    ),
                ),
                migrations.AlterField(
                    model_name="trainingset",
                    name="members",
                    field=models.PositiveIntegerField(default=0, verbose_name="people in it"),
                ),
                migrations.AlterField(
                    model_name="trainingset",
                    name="model",
                    field=models.CharField(max_length=100, verbose_name="model"),
                ),
                migrations.AlterField(
                    model_name="trainingset",
                    name="purpose",
                    field=models.CharField(max_length=100, verbose_name="purpose"),
                ),
                migrations.AlterField(
                    model_name="trainingset",
                    name="reference",
                    field=models.CharField(
                        help_text="The reporter's own, told once.",
                        max_length=100,
                        verbose_name="reference",
                    ),
                ),
                migrations.AlterField(
                    model_name="trainingset",
                    name="service_id",
                    field=models.UUIDField(verbose_name="service"),
                ),
                migrations.AlterField(
                    model_name="trainingset",
                    name="trained_at",
                    field=models.DateTimeField(verbose_name="trained at"),
                ),
                migrations.AlterField(
                    model_name="trainingset",
                    name="version",
                    field=models.CharField(max_length=60, verbose_name="version"),
                ),
                migrations.AlterField(
                    model_name="vaultaccess",
                    name="approved_at",
                    field=models.DateTimeField(blank=True, null=True, verbose_name="approved at"),
                ),
                migrations.AlterField(
                    model_name="vaultaccess",
                    name="approved_by",
                    field=models.CharField(blank=True, max_length=80, verbose_name="decided by"),
                ),
                migrations.AlterField(
                    model_name="vaultaccess",
                    name="asked_at",
                    field=models.DateTimeField(auto_now_add=True, verbose_name="asked at"),
                ),
                migrations.AlterField(
                    model_name="vaultaccess",
                    name="asked_by",
                    field=models.CharField(max_length=80, verbose_name="asked by"),
                ),
                migrations.AlterField(
                    model_name="vaultaccess",
                    name="citation",
                    field=models.CharField(max_length=160, verbose_name="law"),
                ),
                migrations.AlterField(
                    model_name="vaultaccess",
                    name="controller",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.controller",
                        verbose_name="controller",
                    ),
                ),
                migrations.AlterField(
                    model_name="vaultaccess",
                    name="expires_at",
                    field=models.DateTimeField(verbose_name="open until"),
                ),
                migrations.AlterField(
                    model_name="vaultaccess",
                    name="ground",
                    field=models.CharField(
                        choices=[
                            ("seventh_schedule", "A purpose of the Seventh Schedule (r.23)"),
                            ("security", "Investigation of a security incident (r.6(1)(e))"),
                            ("other_law", "Another law, which is cited"),
                        ],
                        max_length=20,
                        verbose_name="ground",
                    ),
                ),
                migrations.AlterField(
                    model_name="vaultaccess",
                    name="matter",
                    field=models.CharField(max_length=80, verbose_name="matter"),
                ),
                migrations.AlterField(
                    model_name="vaultaccess",
                    name="read_at",
                    field=models.DateTimeField(blank=True, null=True, verbose_name="read at"),
                ),
                migrations.AlterField(
                    model_name="vaultaccess",
                    name="reason",
                    field=models.CharField(
                        help_text="Why; never a person's data.",
                        max_length=300,
                        verbose_name="reason",
                    ),
                ),
                migrations.AlterField(
                    model_name="vaultaccess",
                    name="refused_at",
                    field=models.DateTimeField(blank=True, null=True, verbose_name="refused at"),
                ),
                migrations.AlterField(
                    model_name="vaultaccess",
                    name="subject",
                    field=models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="subjects.subject",
                        verbose_name="person",
                    ),
                ),
                migrations.AlterField(
                    model_name="vaultitem",
                    name="case",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="erasure.case",
                        verbose_name="erasure case",
                    ),
                ),
                migrations.AlterField(
                    model_name="vaultitem",
                    name="category",
                    field=models.CharField(max_length=100, verbose_name="data category"),
                ),
                migrations.AlterField(
                    model_name="vaultitem",
                    name="citation",
                    field=models.CharField(max_length=160, verbose_name="law"),
                ),
                migrations.AlterField(
                    model_name="vaultitem",
                    name="controller",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.controller",
                        verbose_name="controller",
                    ),
                ),
                migrations.AlterField(
                    model_name="vaultitem",
                    name="destroy_on",
                    field=models.DateField(verbose_name="destroyed on"),
                ),
                migrations.AlterField(
                    model_name="vaultitem",
                    name="destroyed_at",
                    field=models.DateTimeField(blank=True, null=True, verbose_name="destroyed at"),
                ),
                migrations.AlterField(
                    model_name="vaultitem",
                    name="element",
                    field=models.CharField(
                        help_text="Which one: a code, never its value.",
                        max_length=100,
                        verbose_name="which one",
                    ),
                ),
                migrations.AlterField(
                    model_name="vaultitem",
                    name="stored_at",
                    field=models.DateTimeField(auto_now_add=True, verbose_name="put in at"),
                ),
                migrations.AlterField(
                    model_name="vaultitem",
                    name="subject",
                    field=models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="subjects.subject",
                        verbose_name="person",
                    ),
                ),
            ]
        )
    ]
