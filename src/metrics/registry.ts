// Every metric, for `ganforge list metrics`.

import { InputError, suggest } from "../errors/index.ts";
import { augmentation } from "./augmentation.ts";
import { classificationAccuracy } from "./classification-accuracy.ts";
import { counterpart } from "./counterpart.ts";
import { densityCoverage } from "./density-coverage.ts";
import { discriminatorAccuracy } from "./discriminator-accuracy.ts";
import { earthMoverDistance } from "./earth-mover.ts";
import { fid } from "./fid.ts";
import { fidInfinity } from "./fid-infinity.ts";
import { inceptionScore } from "./inception-score.ts";
import { jensenShannonDivergence } from "./jensen-shannon.ts";
import { kid } from "./kid.ts";
import { memorisation } from "./memorisation.ts";
import type { Metric } from "./metric.ts";
import { mind } from "./mind.ts";
import { modeCoverage } from "./modes.ts";
import { msSsimDiversity } from "./ms-ssim.ts";
import { precisionRecall } from "./precision-recall.ts";
import { slicedWasserstein } from "./sliced-wasserstein.ts";
import { stackedModes } from "./stacked-modes.ts";
import { twoSample } from "./two-sample.ts";

export const metrics: readonly Metric[] = [
  fid,
  fidInfinity,
  kid,
  inceptionScore,
  classificationAccuracy,
  augmentation,
  discriminatorAccuracy,
  counterpart,
  precisionRecall,
  densityCoverage,
  msSsimDiversity,
  slicedWasserstein,
  mind,
  twoSample,
  memorisation,
  modeCoverage,
  stackedModes,
  earthMoverDistance,
  jensenShannonDivergence,
];

/** The metric of this name. InputError, with the nearest name, when there is none. */
export function findMetric(name: string): Metric {
  const found = metrics.find((metric) => metric.name === name);
  if (found) return found;
  const known = metrics.map((metric) => metric.name);
  throw new InputError(`--metrics: there is no metric "${name}"; ${suggest(name, known)}`);
}
