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
mkdir secrets
word() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }
owner=$(word) app=$(word) backup=$(word)
word >secrets/postgres_password
cat >secrets/database.env <<ENV
OWNER_PASSWORD=$owner
APP_PASSWORD=$app
BACKUP_PASSWORD=$backup
ENV
cat >secrets/anjia.env <<ENV
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
chmod 755 secrets
if [ "$(id -u)" = 0 ]; then # each is read by the user of its container alone
    chown 10001:10001 secrets/anjia.env
    chown 999:999 secrets/postgres_password secrets/database.env
fi
echo "Now put secrets/certificate.pem and secrets/key.pem beside them; the key must be readable by user 101."
