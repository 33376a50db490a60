export {
  type DcganDiscriminatorOptions,
  type DcganGeneratorOptions,
  dcganDiscriminator,
  dcganGenerator,
  dcganSizes,
} from "./dcgan.ts";
export { type MlpGeneratorOptions, mlpDiscriminator, mlpGenerator } from "./mlp.ts";
export type { NetworkSpec, Prior } from "./network.ts";
