#!/usr/bin/env bash
# Sends the updates of a JSON Lines file with one curl process each: bulk_curl.sh FILE CONCURRENCY.
set -euo pipefail

base=$CINNOX_BASE_URL/v1/api/apps/$CINNOX_APP_ID/destination
# Of each line, three arguments: --data, the update, the URL.
sed -E "s#^\{\"destination\":\"([^\"]+)\",\"update\":(.*)\}\$#--data\n\2\n$base/\1#" "$1" |
    xargs --delimiter '\n' --max-args 3 --max-procs "$2" \
        curl --silent --show-error --fail --output /dev/null --request PATCH \
        --header "Authorization: Bearer $CINNOX_APP_TOKEN" --header 'Content-Type: application/json'
