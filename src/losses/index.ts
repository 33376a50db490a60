export { accuracy, binaryCrossEntropy, crossEntropy, logSumExp } from "./cross-entropy.ts";
export { hingeDiscriminatorLoss, hingeGeneratorLoss } from "./hinge.ts";
export { leastSquares, leastSquaresDiscriminatorLoss, leastSquaresGeneratorLoss } from "./least-squares.ts";
export { discriminatorLoss, nonSaturatingLoss, saturatingLoss } from "./minimax.ts";
export { gradientNorm, gradientPenalty, squaredGradientNorm } from "./penalties.ts";
export { l1Loss, l2Loss } from "./reconstruction.ts";
export { relativisticDiscriminatorLoss, relativisticGeneratorLoss } from "./relativistic.ts";
export { wassersteinCriticLoss, wassersteinGeneratorLoss } from "./wasserstein.ts";
