export { InputError, nearest, suggest } from "./input-error.ts";
