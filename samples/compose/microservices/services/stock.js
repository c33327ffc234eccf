// Tells what is there.
"use strict";
const { database, run, serve } = require("./service.js");

run(async () => {
  const db = await database();
  const pieces = async () => {
    const rows = await db.query("SELECT item, pieces FROM stock");
    return Object.fromEntries(rows.map(([item, count]) => [item, Number(count)]));
  };
  serve({ "GET /health": pieces, "GET /stock": pieces });
});
