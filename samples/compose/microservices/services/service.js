// What the three services have in common: their connections, and how they answer.
"use strict";
const http = require("node:http");
const postgres = require("/clients/postgres.js");
const redis = require("/clients/redis.js");

const PORT = 3000;

function database() {
  const settings = { user: "shop", password: process.env.DB_PASSWORD, database: "shop" };
  return postgres.connect({ host: "db", port: 5432, ...settings });
}

const queue = () => redis.connect("queue", 6379);

// Answers each of `routes` ("POST /orders") with what its function makes of the query.
function serve(routes) {
  const server = http.createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url, "http://localhost");
    const route = routes[`${request.method} ${pathname}`];
    let [status, body] = [404, { error: "no such page" }];
    if (route) {
      try {
        [status, body] = [200, await route(searchParams)];
      } catch (error) {
        [status, body] = [409, { error: error.message }];
      }
    }
    response.writeHead(status, { "content-type": "application/json" });
    response.end(`${JSON.stringify(body)}\n`);
  });
  process.on("SIGTERM", () => process.exit(0));
  server.listen(PORT, "127.0.0.1");
}

// The other side is healthy before this starts; without it there is nothing to do.
function run(main) {
  main().catch((error) => {
    console.error(error.message);
    process.exit(1);
  });
}

module.exports = { database, queue, run, serve };
