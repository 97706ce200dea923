from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workforce", "0012_group_policy_row_security")]

    operations = [migrations.AddField("qualification", "entered_by", models.UUIDField(null=True))]
