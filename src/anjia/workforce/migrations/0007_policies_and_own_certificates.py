from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('workforce', '0006_standby'),
    ]

    operations = [
        migrations.AddField(
            model_name='qualification',
            name='named',
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name='qualification',
            name='issuer',
            field=models.CharField(default='', max_length=80),
        ),
    ]
