// Answers /api with the replica's name, a visit counted in Redis and a row written to PostgreSQL.
"use strict";
const http = require("node:http");
const os = require("node:os");
const postgres = require("./postgres.js");
const redis = require("./redis.js");

const { DB_HOST, DB_NAME, DB_PASSWORD, DB_USER = "postgres", REDIS_HOST, GREETING = "Hello" } =
  process.env;
const PORT = Number(process.env.PORT || 3000);
const RETRY = 250; // milliseconds

const openers = {
  redis: () => redis.connect(REDIS_HOST, 6379),
  postgres: async () => {
    const settings = { user: DB_USER, password: DB_PASSWORD, database: DB_NAME };
    const client = await postgres.connect({ host: DB_HOST, port: 5432, ...settings });
    // Replicas that start together may both find no table; the lock lets one of them make it.
    await client.query("SELECT pg_advisory_lock(1)");
    await client.query(
      "CREATE TABLE IF NOT EXISTS visits" +
        " (id serial PRIMARY KEY, host text NOT NULL, at timestamptz NOT NULL DEFAULT now())",
    );
    await client.query("SELECT pg_advisory_unlock(1)");
    return client;
  },
};
const clients = {};

// Keeps a connection: tries until the other side answers, and again after it was lost.
async function keep(name) {
  let said = "";
  for (;;) {
    if (!clients[name]?.isAlive()) {
      try {
        clients[name] = await openers[name]();
        console.log(`connected to ${name}`);
        said = "";
      } catch (error) {
        if (error.message !== said) console.log(`waiting for ${name}: ${error.message}`);
        said = error.message;
      }
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY));
  }
}

const isReady = () => Object.keys(openers).every((name) => clients[name]?.isAlive());

async function visit() {
  const host = os.hostname();
  const visits = await clients.redis.command("INCR", "visits");
  await clients.postgres.query("INSERT INTO visits (host) VALUES ($1)", [host]);
  const [[rows]] = await clients.postgres.query("SELECT count(*) FROM visits");
  return { greeting: GREETING, host, visits, rows: Number(rows) };
}

const routes = {
  "/": visit,
  "/api": visit,
  "/health": async () => ({ status: "ok" }),
};

async function answer(path) {
  if (!routes[path]) return [404, { error: "no such page" }];
  if (!isReady()) return [503, { error: "waiting for redis and postgres" }];
  try {
    return [200, await routes[path]()];
  } catch (error) {
    return [503, { error: error.message }];
  }
}

const server = http.createServer(async (request, response) => {
  const begin = Date.now();
  const path = request.url.split("?")[0];
  const [status, body] = await answer(path);
  response.writeHead(status, { "content-type": "application/json" });
  response.end(`${JSON.stringify(body)}\n`);
  console.log(`${request.method} ${path} ${status} ${Date.now() - begin} ms`);
});

for (const signal of ["SIGTERM", "SIGINT"]) {
  process.on(signal, () => {
    console.log("stopping");
    server.closeAllConnections?.();
    server.close(() => process.exit(0));
  });
}
for (const name of Object.keys(openers)) keep(name);
server.listen(PORT, () => console.log(`listening on port ${PORT} as ${os.hostname()}`));
