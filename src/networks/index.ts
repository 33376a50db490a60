export { acganDiscriminator, acganGenerator, type SourceAndClass } from "./acgan.ts";
export {
  type ConditionalDcganOptions,
  type ConditionalPlayersOptions,
  type ConditionalSpec,
  conditionalDcganDiscriminator,
  conditionalDcganGenerator,
  conditionalPlayers,
  conditioned,
} from "./conditional.ts";
export {
  type DcganDiscriminatorOptions,
  type DcganGeneratorOptions,
  dcganDiscriminator,
  dcganGenerator,
} from "./dcgan.ts";
export {
  type DiscoganGeneratorOptions,
  discoganDiscriminator,
  discoganGenerator,
  discoganSizes,
  type Judgement,
} from "./discogan.ts";
export {
  type FusionganOptions,
  fusionganDiscriminator,
  fusionganGenerator,
  fusionganMap,
} from "./fusiongan.ts";
export { type MlpGeneratorOptions, mlpDiscriminator, mlpGenerator } from "./mlp.ts";
export type { AnyNetworkSpec, NetworkSpec, Prior } from "./network.ts";
export { type NetworkFamily, type NoisePlayersOptions, noisePlayers, type Players } from "./noise.ts";
export { type DiscriminatorNorm, type Normalisation, normalisation } from "./normalisation.ts";
export { type PatchGanOptions, patchGan, type ReceptiveField, receptiveFields, widestField } from "./patchgan.ts";
export { type R3ganGeneratorOptions, type R3ganOptions, r3ganDiscriminator, r3ganGenerator } from "./r3gan.ts";
export {
  type ResnetDiscriminatorOptions,
  type ResnetGeneratorOptions,
  resnetDiscriminator,
  resnetGenerator,
} from "./resnet.ts";
export {
  type Classification,
  type ClassifierPlayersOptions,
  type ClassifierSpec,
  classifierPlayers,
  dcganClassifier,
  mlpClassifier,
  softplusGenerator,
} from "./semi-supervised.ts";
export {
  type Conditions,
  type Drawing,
  type StackganGeneratorOptions,
  stackganDiscriminator,
  stackganRefiner,
  stackganSizes,
  stackganSketcher,
  type Verdict,
} from "./stackgan.ts";
export { imageSizes, type Stages, stagesOf } from "./stages.ts";
export { type StarganOptions, starganDiscriminator, starganGenerator } from "./stargan.ts";
export { type TextEncoder, textEncoder } from "./text-encoder.ts";
export { type TranslationResnetOptions, translationResnet } from "./translation-resnet.ts";
export { type UnetOptions, unet } from "./unet.ts";
