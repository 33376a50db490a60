export { meanAndError, tablePage } from "./page.ts";
export { findTable, tables } from "./registry.ts";
export type { Reproduced, Table, TableCase, Training } from "./table.ts";
