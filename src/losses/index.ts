export { discriminatorLoss, nonSaturatingLoss, saturatingLoss } from "./minimax.ts";
