// npm start: from a fresh clone to a GAN that has learned something, in about two minutes of training.

import { spawnSync } from "node:child_process";
import { prepare, root } from "./prepare.mjs";

prepare();
process.on("SIGINT", () => {}); // the training hears it too, saves, and ends; then so does this
const cli = ["dist/cli/main.node.js", "train", "dcgan", "--data", "glyphs", "--minutes", "2", "--ema", "0.99"];
const { status, signal, error } = spawnSync(process.execPath, cli, { cwd: root, stdio: "inherit" });
if (error) throw error;
console.log("\nIn this folder, the command is: npx ganforge");
process.exit(status ?? (signal === "SIGINT" ? 130 : 143));
