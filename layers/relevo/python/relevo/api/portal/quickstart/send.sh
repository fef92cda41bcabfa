#!/usr/bin/env bash
# Send one message, then follow it to its end: bash send.sh +34612345001 order-4711
# Needs curl, and the variables RELEVO_URL and RELEVO_KEY.
set -euo pipefail
to=$1 order=$2

call() {
  curl --silent --show-error --fail-with-body --max-time 10 \
    --header "Authorization: Bearer $RELEVO_KEY" "$@"
}

# Repeating is safe: with the same Idempotency-Key nothing is sent twice.
message=$(call --retry 5 --retry-connrefused "$RELEVO_URL/api/v1/messages/send" \
  --header 'Content-Type: application/json' \
  --header "Idempotency-Key: $order" \
  --data "{\"to\": \"$to\", \"text\": \"Su pedido sale hoy\", \"clientReference\": \"$order\"}") ||
  { echo "$message" >&2; exit 1; }
id=$(sed -E 's/^\{"id":"([a-z0-9]+)".*/\1/' <<<"$message")

status=
until grep -q '"final":true' <<<"$status"; do
  sleep 1
  status=$(call --retry 5 "$RELEVO_URL/api/v1/messages/$id/status")
done
grep -oE '"carrier":"[^"]+","list":"[a-z]+","status":"[a-z]+"' <<<"$status" |
  sed -E 's/"carrier":"([^"]+)","list":"([a-z]+)","status":"([a-z]+)"/\1 (\2): \3/'
sed -E 's/.*"status":"([a-z]+)","statusAt".*/\1/' <<<"$status"
