import { createInterface } from "node:readline";

const seen = new Set(); // opened once

function run(text) {
  if (seen.has(text)) throw new Error(`${text} was there before`);
  seen.add(text);
  return { upper: text.toUpperCase() };
}

for await (const line of createInterface({ input: process.stdin })) {
  const { id, job } = JSON.parse(line);
  let answer;
  try {
    answer = { id, result: run(job) };
  } catch (e) {
    answer = { id, failed: e.message };
  }
  console.log(JSON.stringify(answer));
}
console.error(`closed after ${seen.size} jobs`);
