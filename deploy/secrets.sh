#!/bin/sh
# Make deploy/secrets/ once: sudo sh secrets.sh anjia.example.org
set -eu
cd "$(dirname -- "$0")"
name=${1:?say the name that people type: sh secrets.sh anjia.example.org}
if [ -e secrets ]; then
    echo "deploy/secrets is there already: it is left as it is." >&2
    exit 1
fi
umask 077
rm -rf secrets.new # of a run that was broken off
mkdir secrets.new
word() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }
owner=$(word) app=$(word) backup=$(word)
word >secrets.new/postgres_password
word >secrets.new/bucket_password
cat >secrets.new/database.env <<ENV
OWNER_PASSWORD=$owner
APP_PASSWORD=$app
BACKUP_PASSWORD=$backup
ENV
cat >secrets.new/anjia.env <<ENV
PUBLIC_ADDRESS=https://$name
ANJIA_BIND=0.0.0.0
PORT=8000
# The network of compose.yaml: the proxy's word about addresses counts, and nobody else is in it.
BEHIND_PROXY=172.30.77.0/24
DATABASE_URL=postgresql://anjia_app:$app@database/anjia
DATABASE_OWNER_URL=postgresql://anjia_owner:$owner@database/anjia
DATABASE_BACKUP_URL=postgresql://anjia_backup:$backup@database/anjia
ENV
printf 'ANJIA_NAME=%s\n' "$name" >.env
chmod 644 .env
chmod 755 secrets.new
if [ "$(id -u)" = 0 ]; then # each is read by the user of its container alone
    chown 10001:10001 secrets.new/anjia.env secrets.new/bucket_password
    chown 999:999 secrets.new/postgres_password secrets.new/database.env
    install -d -o 10001 -g 10001 -m 700 bucket
fi
mv secrets.new secrets
echo "Now put secrets/certificate.pem and secrets/key.pem beside them; the key must be readable by user 101."
