// Pictures that may be pairs or domains: two sets, a set of two folders, or pictures of two halves. What is not there is told by the
// reason in its place, as it may be wanted as something else.
import { InputError } from "../errors/index.ts";
import type { DataOptions, Dataset } from "./dataset.ts";
import { domainsOf } from "./domains.ts";
import { imageDataset, type PictureSource, picked } from "./image-dataset.node.ts";
import { areSides } from "./layout.ts";
import { pairDataset } from "./pair-dataset.node.ts";
import { halvesOf, matched } from "./pair-set.node.ts";
import { openPictureFiles } from "./picture-files.node.ts";
import { ownForm, probe } from "./probe.node.ts";
import { asDomains } from "./unpaired.ts";

/** Pictures, and where they are of two sorts, each by itself. */
interface Material {
  readonly spec: string;
  /** Where b comes from, for what is said of it. */
  readonly where: string;
  readonly pictures: PictureSource;
  readonly sides?: { readonly a: PictureSource; readonly b: PictureSource };
  /** Whether the sides are called A and B, and not only two. */
  readonly named: boolean;
  /** Whether they are called trainA and trainB. */
  readonly unpaired: boolean;
  close(): Promise<void>;
}

/** Opens files as pairs: two sides by the names of their pictures, or the halves of each picture. */
export function openPairs(spec: string, options: DataOptions): Promise<Dataset | string> {
  return fromMaterial(spec, options, pairsIn);
}

/** Opens files as domains: two sides of any names, or pairs with the pairing hidden. */
export function openDomains(spec: string, options: DataOptions): Promise<Dataset | string> {
  return fromMaterial(spec, options, domainsIn);
}

/** What is made of the pictures; closes them where it is nothing. */
async function fromMaterial(
  spec: string,
  options: DataOptions,
  make: (material: Material, options: DataOptions) => Promise<Dataset | string>,
): Promise<Dataset | string> {
  const material = await openMaterial(spec, options);
  let made: Dataset | string = "";
  try {
    made = await make(material, options);
  } finally {
    if (typeof made === "string") await material.close();
  }
  return made;
}

/** The pictures at a path, and at that of `dataB`. InputError when there are none. */
async function openMaterial(spec: string, options: DataOptions): Promise<Material> {
  const { dataB } = options;
  const where = `--data: ${spec}`;
  const a = await openPictureFiles(spec, where, options);
  try {
    if (dataB !== undefined) {
      const whereB = `--data-b: ${dataB}`;
      const b = await openPictureFiles(dataB, whereB, options);
      const close = async () => {
        await a.close();
        await b.close();
      };
      return { spec, where: whereB, pictures: a, sides: { a, b }, named: true, unpaired: false, close };
    }
    const { classes } = a;
    const named = areSides(classes);
    const unpaired = named && a.unpaired === true;
    const sides = classes.length === 2 ? { a: await sideOf(a, 0, where), b: await sideOf(a, 1, where) } : undefined;
    const close = () => a.close();
    return { spec, where, pictures: a, ...(sides && { sides }), named, unpaired, close };
  } catch (error) {
    await a.close();
    throw error;
  }
}

/** The pictures of one class, with a size and channels of their own. */
async function sideOf(source: PictureSource, label: number, where: string): Promise<PictureSource> {
  const indices = Array.from({ length: source.count }, (_, index) => index).filter((i) => source.label(i) === label);
  const name = source.classes[label];
  const side = picked(source, indices, {
    classes: [],
    label: () => -1,
    attributes: [],
    fingerprint: `${source.fingerprint} ${name}`,
  });
  const { looked, failed } = await probe(side.count, side.load);
  if (looked.length > 0) return { ...side, ...ownForm(looked) };
  const reason = failed.length > 0 ? `${side.name(failed[0].index)}: ${failed[0].reason}` : "there is none";
  throw new InputError(`${where}: no picture of ${name} can be read; ${reason}. Give PNG, JPEG, WebP or GIF images.`);
}

async function pairsIn(material: Material, options: DataOptions): Promise<Dataset | string> {
  const { spec, where, pictures, sides, named, unpaired } = material;
  const remedy = unpaired
    ? "trainA and trainB hold two domains; call the folders A and B where they hold pairs, or give each by its own path: --data ONE --data-b OTHER"
    : "Give both sides the same names, extensions apart";
  // Same names, as 0.png, 1.png …, may be by chance: only who wants nothing but pairs is given them.
  if (unpaired && (options.kinds ?? []).length > 1) return `${where} gives no pairs: ${remedy}.`;
  const found =
    sides && named ? matched(sides.a, sides.b, { where, remedy, crop: options.crop }) : await halvesOf(pictures, where);
  if (typeof found !== "string") return pairDataset(spec, { ...found, ...(unpaired && { unpaired }) }, options);
  return sides && named
    ? `${where} gives no pairs: ${found}. ${remedy}.`
    : `${where} gives no pairs: ${found}, nor are there folders A and B. Pass the counterparts with --data-b, or make them with --derive edges.`;
}

async function domainsIn(material: Material, options: DataOptions): Promise<Dataset | string> {
  const { spec, where, pictures, sides, unpaired } = material;
  if (sides && !unpaired && options.kinds?.includes("images")) {
    return `${where} may hold two classes as well as two domains. Call the folders trainA and trainB.`;
  }
  if (sides) {
    const { size = Math.min(sides.a.size, sides.b.size), cacheMiB = 512 } = options;
    const each = { ...options, size, cacheMiB: cacheMiB / 2 };
    const [a, b] = [
      imageDataset(`${spec} (a)`, sides.a, each),
      imageDataset(options.dataB ?? `${spec} (b)`, sides.b, each),
    ];
    return domainsOf(spec, { a, b }, () => material.close());
  }
  const { classes } = pictures;
  if (classes.length > 2) {
    const some = classes.slice(0, 5).join(", ") + (classes.length > 5 ? ", …" : "");
    return `${where} holds ${classes.length} folders or classes (${some}) where two domains are wanted. Give two of them, each by its own path: --data ONE --data-b OTHER.`;
  }
  const halves = await halvesOf(pictures, where);
  if (typeof halves !== "string") return asDomains(pairDataset(spec, halves, options), options.seed);
  return `${where} gives no two domains: it holds neither two folders (trainA and trainB, or of any names) nor pairs; ${halves}. Pass the other domain with --data-b.`;
}
