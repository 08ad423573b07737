"""Reads large answers slowly: HOST PORT TOKEN PATH HOW_MANY BYTES_A_SECOND ROUNDS.

Asks again after an answer, or a moment after a refusal. Prints a line when half of the readers read, and one at its end
with how many answers came whole, broke off or were refused; that is when each has read ROUNDS answers (0: never), its
input ends, or after a minute.
"""

import collections
import json
import socket
import sys
import threading
import time

SECONDS_MAX = 60
host, port, token, path = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
how_many, bytes_a_second, rounds = map(int, sys.argv[5:8])
request = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n".encode()
outcomes, counts, lock = collections.Counter(), {"reading": 0, "largest": 0}, threading.Lock()
stop = threading.Event()


def read_once():
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16384)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 1460)
        connection.settimeout(SECONDS_MAX)
        connection.connect((host, port))
        connection.sendall(request)
        head, _, body = connection.recv(4096).partition(b"\r\n\r\n")
        status = head[9:12].decode()
        if status != "200":
            return status
        lengths = [line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
        length = int(lengths[0].split(b":")[1])
        received = len(body)
        with lock:
            counts["reading"] += 1
            counts["largest"] = max(counts["largest"], length)
        try:
            while received < length:
                piece = connection.recv(4096)
                if not piece:
                    return "broken off"
                received += len(piece)
                if stop.wait(len(piece) / bytes_a_second):
                    return "left"
        finally:
            with lock:
                counts["reading"] -= 1
        return "whole"


def read():
    whole = 0
    while not stop.is_set() and (not rounds or whole < rounds):
        try:
            outcome = read_once()
        except OSError as error:
            outcome = type(error).__name__
        whole += outcome == "whole"
        with lock:
            outcomes[outcome] += 1
        if outcome != "whole":
            stop.wait(0.3)


def stop_with_input():
    sys.stdin.read()
    stop.set()


threads = [threading.Thread(target=read, daemon=True) for _ in range(how_many)]
for thread in threads:
    thread.start()
deadline = time.monotonic() + SECONDS_MAX
while counts["reading"] < how_many / 2 and time.monotonic() < deadline - 30:
    time.sleep(0.05)
print(json.dumps({**counts, "outcomes": outcomes}), flush=True)
threading.Thread(target=stop_with_input, daemon=True).start()
for thread in threads:
    thread.join(max(0, deadline - time.monotonic()))
print(json.dumps({**counts, "outcomes": outcomes}), flush=True)
