// Who is who among a step's metrics. A label is that of a recipe's networks, after the papers' letters: those of discriminators and
// critics begin with D, several that move together are joined ("DA+DB"), and "gradient/G" is of an update's gradient.

type Numbers = Readonly<Record<string, number>>;

/** The labels that a metric is told of: "G" and "D" of "gradient/G" and "gradient/D". */
export function labelsOf(metrics: Numbers, metric: string): string[] {
  const prefix = `${metric}/`;
  return Object.keys(metrics)
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length));
}

/** Whether the players of this label judge samples rather than make them. */
export function isDiscriminators(label: string): boolean {
  return label.split("+").some((one) => one.startsWith("D"));
}

/** By how much D scores real samples higher than made ones, where both are told. */
export function scoreGap(metrics: Numbers): number | undefined {
  const { "score/real": real, "score/fake": fake } = metrics;
  return real === undefined || fake === undefined ? undefined : real - fake;
}
