from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("visits", "0010_question_fact")]

    operations = [
        migrations.AddField("visit", "deliver_minutes", models.PositiveSmallIntegerField(default=0)),
        migrations.AddField("assignment", "deliver_minutes", models.PositiveSmallIntegerField(default=0)),
    ]
