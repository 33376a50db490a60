// npm start: from a fresh clone to a GAN that has learned something, in about two minutes of training.

import { spawn } from "node:child_process";
import { prepare, root } from "./prepare.mjs";

prepare();
// Half the usual width: what two minutes on two cores are enough for.
const command = ["dist/bin/main.node.js", "train", "dcgan", "--data", "glyphs", "--width", "32", "--minutes", "2"];
const training = spawn(process.execPath, command, { cwd: root, stdio: "inherit" });
process.on("SIGINT", () => {}); // a terminal tells the training too, which saves and ends; then so does this
process.on("SIGTERM", () => training.kill("SIGTERM"));
training.on("close", (code, signal) => {
  console.log("Here, the command is: npx ganforge");
  process.exitCode = code ?? (signal === "SIGINT" ? 130 : 143);
});
