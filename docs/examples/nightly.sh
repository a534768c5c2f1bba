#!/bin/sh
# Process the articles in INBOX as tonight's run below RUNS, and load them into DATABASE_URL.
#
# Exit codes are those of `pipeline`: 0 if all is well, 1 if there are dead letters or incomplete
# records, 75 if another process is working on a run.
set -u
INBOX=${INBOX:-inbox}
RUNS=${RUNS:-out/nights}
: "${DATABASE_URL:?set it, for example to sqlite:///news.db}"

tonight=$RUNS/${NIGHT:-$(date +%F)}
last=$(find "$RUNS" -mindepth 1 -maxdepth 1 -type d 2> /dev/null | sort | tail -n 1)
result=0
# the last night first: an interrupted run is resumed, and loading a run twice changes nothing
for run in ${last:+"$last"} "$tonight"; do
    code=0
    pipeline status "$run" > /dev/null 2>&1 || code=$?
    if [ "$code" -gt 1 ]; then
        code=0
        pipeline batch "$INBOX" -o "$run" --new-only --quiet --log-format json || code=$?
        [ "$code" -le 1 ] || exit "$code"
    fi
    pipeline load "$run" --db "$DATABASE_URL" --quiet || exit $?
    result=$code
    if [ "$run" = "$tonight" ]; then break; fi
done
exit "$result"
