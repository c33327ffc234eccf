// A client for Redis, as much of one as counting takes: commands in, integers and texts out.
"use strict";
const net = require("node:net");

// Opens a connection; rejects when none can be made.
function connect(host, port) {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ host, port });
    const waiting = [];
    let received = "";
    let alive = true;
    const fail = (error) => {
      alive = false;
      reject(error);
      for (const request of waiting.splice(0)) request.reject(error);
    };
    socket.once("error", fail);
    socket.once("close", () => fail(new Error("redis closed the connection")));
    socket.once("connect", () => resolve({ command, isAlive: () => alive }));
    socket.on("data", (data) => {
      received += data;
      let end;
      while ((end = received.indexOf("\r\n")) >= 0) {
        const line = received.slice(0, end);
        received = received.slice(end + 2);
        const request = waiting.shift();
        if (line[0] === "-") request?.reject(new Error(`redis: ${line.slice(1)}`));
        else request?.resolve(line[0] === ":" ? Number(line.slice(1)) : line.slice(1));
      }
    });

    // Sends one command whose answer is a single line (INCR, SET, PING …).
    function command(...words) {
      const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
      return new Promise((resolveAnswer, rejectAnswer) => {
        if (!alive) return rejectAnswer(new Error("redis is not connected"));
        waiting.push({ resolve: resolveAnswer, reject: rejectAnswer });
        socket.write(`*${words.length}\r\n${parts.join("")}`);
      });
    }
  });
}

module.exports = { connect };
