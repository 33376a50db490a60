// What `train --dry-run` shows: the settings, the networks layer by layer, and the size of the graph.

import { formatShape } from "../graph/index.ts";
import { flagOf, formatOption, type OptionValue } from "../recipes/index.ts";
import { describeData } from "../train/index.ts";
import { print, printJson } from "./output.node.ts";
import { planTraining, type TrainRequest } from "./plan.node.ts";
import { checkNewFolder, dataNameOf, freeFolder } from "./run-folder.node.ts";
import { formatBytes, formatCount, formatTable, indent } from "./text.ts";

export async function printDryRun(request: TrainRequest, { json }: { readonly json: boolean }): Promise<void> {
  const { out } = request.settings;
  if (out !== undefined) await checkNewFolder(out);
  const plan = await planTraining(request);
  const { config, dataset, summary, totalSteps, notes } = plan;
  await dataset.close();
  const folder = out ?? (await freeFolder(`${config.recipe}-${dataNameOf(config.data)}`));
  const { networks, graph, stateSize } = summary;
  const data = describeData(dataset);
  if (json) {
    printJson({ run: folder, config, data, totalSteps, networks, graph, stateSize, notes });
    return;
  }

  const { recipe, options, ...settings } = config;
  const rowsOf = (values: object) =>
    Object.entries(values).map(([key, value]) => [`--${flagOf(key)}`, formatOption(value as OptionValue)]);
  const count = data.count === null ? "drawn without end" : formatCount(data.count);
  const samples = `${count}, each ${formatShape(data.sample)}`;
  const sections = [
    `${recipe}, in ${folder}`,
    indent(formatTable([...rowsOf(options), ...rowsOf(settings)])),
    `Data: ${data.kind}, ${samples}`,
    ...notes.map((note) => indent(note)),
    ...networks.flatMap(({ label, layers, parameters }) => [
      `${label}: ${formatCount(parameters)} parameters`,
      indent(
        formatTable(
          [
            ["layer", "kind", "output", "parameters"],
            ...layers.map((layer) => [
              layer.path,
              layer.kind,
              formatShape(layer.outputShape),
              formatCount(layer.parameters),
            ]),
          ],
          [3],
        ),
      ),
    ]),
    `Graph of one step: ${formatCount(graph.nodes)} nodes, ${formatBytes(graph.bytes)}; its state: ${formatCount(stateSize)} numbers, ${formatBytes(4 * stateSize)}`,
    "Nothing was trained. Leave out --dry-run to start.",
  ];
  print(sections.join("\n"));
}
