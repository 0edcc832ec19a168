// The answer for whoever looks after the server: well, or about to end.

/** What is needed of a connection. */
export interface HealthResponder {
  setStatus(code: number): void;
  addHeader(name: string, value: string): void;
  sendError(code: number, status?: string, content?: string): void;
  send(text: string): void;
}

/** Answers a request for the path of `--health`. */
export function answerHealth(con: HealthResponder, method: string, draining: boolean): void {
  con.addHeader("Cache-Control", "no-store");
  if (method !== "GET" && method !== "HEAD") {
    con.addHeader("Allow", "GET, HEAD");
    return con.sendError(405);
  }
  con.addHeader("Content-Type", "text/plain; charset=utf-8");
  if (draining) con.setStatus(503);
  con.send(draining ? "draining\n" : "ok\n");
}
