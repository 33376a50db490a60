export { meanAndError, pageName, pictureFile, tablePage } from "./page.ts";
export type { Outcome, Reproduced, Table, TableCase, Trial } from "./table.ts";
