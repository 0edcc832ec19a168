// node:http, run by Node.js: the same five bytes for every request. Prints its port.
import { createServer } from "node:http";

const server = createServer((_request, response) => {
  response.setHeader("content-type", "text/plain");
  response.end("hello");
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
