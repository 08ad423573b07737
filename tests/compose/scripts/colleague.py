"""Somebody at work: HOST PORT TOKEN PATH…  For each line of input, a number: asks so often, and prints how it went.

Every second request goes over a connection of its own, the others over a kept one.
"""

import collections
import http.client
import json
import sys
import time

host, port, token, paths = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4:]
headers = {"Authorization": f"Bearer {token}"}
kept = http.client.HTTPConnection(host, port, timeout=30)


def ask(connection, path):
    connection.request("GET", path, headers=headers)
    response = connection.getresponse()
    response.read()
    return response.status


def ask_once(number):
    path = paths[number // 2 % len(paths)]
    if number % 2:
        return ask(kept, path)
    fresh = http.client.HTTPConnection(host, port, timeout=30)
    try:
        return ask(fresh, path)
    finally:
        fresh.close()


for line in sys.stdin:
    statuses, seconds = collections.Counter(), []
    for number in range(int(line)):
        started = time.monotonic()
        try:
            statuses[ask_once(number)] += 1
        except (OSError, http.client.HTTPException) as error:
            statuses[repr(error)] += 1
            kept.close()
            kept = http.client.HTTPConnection(host, port, timeout=30)
        seconds.append(time.monotonic() - started)
    print(json.dumps({"statuses": statuses, "seconds": seconds}), flush=True)
