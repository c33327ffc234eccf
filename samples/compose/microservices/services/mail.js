// Takes mails from the queue and would send them.
"use strict";
const { queue, run, serve } = require("./service.js");

const PAUSE = 200; // milliseconds between two looks at an empty queue
const NEXT = "return redis.status_reply(redis.call('LPOP', KEYS[1]) or '')";

run(async () => {
  const mails = await queue();
  const sent = [];
  const work = async () => {
    const text = await mails.command("EVAL", NEXT, "1", "mails");
    if (text) {
      sent.push(text);
      console.log(`sent: ${text}`);
    }
    setTimeout(() => run(work), text ? 0 : PAUSE);
  };
  await work();
  serve({
    "GET /health": async () => ({ queue: await mails.command("PING") }),
    "GET /mail": async () => sent,
  });
});
