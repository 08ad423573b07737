"""Holds many connections open: KIND HOST PORT HOW_MANY.

`silent` sends nothing, `heads` sends a head byte by byte, `bodies` announces a body and sends it byte by byte,
`large` all but the end of one that is larger than the edge's buffer. Whatever
the server closes is opened again. Prints a line when all stand (of `large`: when some wait), and one at its end, which
is when its input ends or after a minute. `standing` counts what is open, also where a refusal is on its way; `held`
what the server let wait.
"""

import asyncio
import collections
import json
import sys

BEGUN = {
    "silent": b"",
    "heads": b"GET /api/v1/me HTTP/1.1\r\nHost: edge\r\nX-Slow: ",
    "bodies": b"POST /api/v1/sessions HTTP/1.1\r\nHost: edge\r\nContent-Type: application/json\r\n"
    b"Content-Length: 90000\r\n\r\n",
    "large": b"POST /api/v1/sessions HTTP/1.1\r\nHost: edge\r\nContent-Type: application/json\r\n"
    b"Content-Length: 200000\r\n\r\n" + b"x" * 190_000,
}
PAUSE_SECONDS = 2
SECONDS_MAX = 60
OPENING_AT_ONCE = 100

kind, host, port, how_many = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
counts, answers = collections.Counter(opened=0, standing=0, held=0), collections.Counter()


async def hold(turn):
    while True:
        writer = None
        try:
            async with turn:
                reader, writer = await asyncio.open_connection(host, port)
                counts["opened"] += 1
            counts["standing"] += 1
            waited = 0
            try:
                writer.write(BEGUN[kind])
                heard = asyncio.ensure_future(reader.read(300))
                heard.add_done_callback(lambda done: done.cancelled() or done.exception())  # it is taken note of
                while not (await asyncio.wait({heard}, timeout=PAUSE_SECONDS))[0]:
                    counts["held"] += not waited
                    waited = 1
                    if kind != "silent":
                        writer.write(b"x")
                answers[heard.result().decode("latin-1").partition("\r\n")[0]] += 1
            finally:
                counts["standing"] -= 1
                counts["held"] -= waited
        except OSError as error:
            answers[type(error).__name__] += 1
        finally:
            if writer is not None:
                writer.close()
        await asyncio.sleep(0.2)


async def main():
    turn = asyncio.Semaphore(OPENING_AT_ONCE)
    holding = [asyncio.ensure_future(hold(turn)) for _ in range(how_many)]
    while counts["standing"] < 0.95 * how_many and counts["opened"] < 3 * how_many:
        await asyncio.sleep(0.05)
    while kind == "large" and not counts["held"]:
        await asyncio.sleep(0.05)
    print(json.dumps(counts), flush=True)
    ended = asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await asyncio.wait({ended}, timeout=SECONDS_MAX)
    print(json.dumps({**counts, "answers": answers}), flush=True)
    for future in holding:
        future.cancel()
    await asyncio.gather(*holding, return_exceptions=True)


asyncio.run(main())
