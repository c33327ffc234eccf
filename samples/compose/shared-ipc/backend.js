// Answers over a Unix socket, and leaves the number of requests in the pod's shared memory.
"use strict";
const fs = require("node:fs");
const http = require("node:http");

const SOCKET = "/sockets/backend.sock";
const COUNT = "/dev/shm/requests";
let requests = 0;

const server = http.createServer((request, response) => {
  requests += 1;
  fs.writeFileSync(COUNT, `${requests}\n`);
  response.end(`request ${requests}, over ${SOCKET}\n`);
});
process.on("SIGTERM", () => process.exit(0));
fs.rmSync(SOCKET, { force: true });
server.listen(SOCKET, () => {
  fs.chmodSync(SOCKET, 0o777); // nginx's workers are somebody else
  console.log(`listening at ${SOCKET}`);
});
