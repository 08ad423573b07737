"""In the gateway's place: answers every request with what reached it."""

import http.server
import json


class Echo(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        length = int(self.headers.get("Content-Length", 0))
        facts = {
            "method": self.command,
            "target": self.path,
            "headers": [[name.lower(), value] for name, value in self.headers.items()],
            "body_bytes": len(self.rfile.read(length)),
        }
        content = json.dumps(facts).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


for method in ("GET", "POST", "PURGE"):
    setattr(Echo, f"do_{method}", Echo.answer)
server = http.server.ThreadingHTTPServer(("", 8000), Echo)
print("listening", flush=True)
server.serve_forever()
