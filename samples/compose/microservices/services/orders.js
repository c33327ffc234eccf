// Takes orders: they go to the database, and a mail about each to the queue.
"use strict";
const { database, queue, run, serve } = require("./service.js");

run(async () => {
  const [db, mails] = [await database(), await queue()];
  serve({
    "GET /health": async () => ({ queue: await mails.command("PING") }),
    "GET /orders": async () => (await db.query("SELECT id, item FROM orders ORDER BY id")).map(
      ([id, item]) => ({ id: Number(id), item }),
    ),
    "POST /orders": async (query) => {
      // One statement: an order without a piece in stock fails as a whole.
      const [[id]] = await db.query(
        "WITH taken AS (UPDATE stock SET pieces = pieces - 1 WHERE item = $1 RETURNING item)" +
          " INSERT INTO orders (item) SELECT $1 RETURNING id",
        [query.get("item")],
      );
      await mails.command("RPUSH", "mails", `order ${id}: ${query.get("item")}`);
      return { id: Number(id) };
    },
  });
});
