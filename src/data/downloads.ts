// Where well-known sets lie: their makers' addresses, with the sizes and SHA-256 sums of their files as TensorFlow Datasets
// (url_checksums) publishes them. Nothing here is fetched but by `ganforge data get`.

/** A file that belongs to a set. */
export interface DownloadFile {
  readonly name: string;
  readonly bytes: number;
  /** In hexadecimal; absent where nobody has published one, and the size is all that is checked. */
  readonly sha256?: string;
}

/** A set that can be downloaded. */
export interface Download {
  readonly name: string;
  /** One line. */
  readonly about: string;
  readonly licence: string;
  /** Folders that hold the files, tried in turn. */
  readonly addresses: readonly string[];
  readonly files: readonly DownloadFile[];
}

const file = (name: string, bytes: number, sha256?: string): DownloadFile => ({
  name,
  bytes,
  ...(sha256 !== undefined && { sha256 }),
});

const mnist: Download = {
  name: "mnist",
  about: "handwritten digits, 60,000 + 10,000, 28×28 grey, labelled",
  licence: "Y. LeCun, C. Cortes and C. J. C. Burges; commonly given as CC BY-SA 3.0",
  addresses: ["https://storage.googleapis.com/cvdf-datasets/mnist/", "https://ossci-datasets.s3.amazonaws.com/mnist/"],
  files: [
    file("train-images-idx3-ubyte.gz", 9912422, "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
    file("train-labels-idx1-ubyte.gz", 28881, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
    file("t10k-images-idx3-ubyte.gz", 1648877, "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
    file("t10k-labels-idx1-ubyte.gz", 4542, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"),
  ],
};

const fashionMnist: Download = {
  name: "fashion-mnist",
  about: "pictures of clothes, 60,000 + 10,000, 28×28 grey, 10 classes",
  licence: "MIT, Zalando SE",
  addresses: ["http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"],
  files: [
    file("train-images-idx3-ubyte.gz", 26421880, "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"),
    file("train-labels-idx1-ubyte.gz", 29515, "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
    file("t10k-images-idx3-ubyte.gz", 4422102, "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
    file("t10k-labels-idx1-ubyte.gz", 5148, "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"),
  ],
};

const kmnist: Download = {
  name: "kmnist",
  about: "cursive Japanese characters, 60,000 + 10,000, 28×28 grey, 10 classes",
  licence: "CC BY-SA 4.0, KMNIST Dataset by CODH, adapted from Kuzushiji Dataset (doi:10.20676/00000341)",
  addresses: ["https://codh.rois.ac.jp/kmnist/dataset/kmnist/", "http://codh.rois.ac.jp/kmnist/dataset/kmnist/"],
  files: [
    file("train-images-idx3-ubyte.gz", 18165135, "51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4"),
    file("train-labels-idx1-ubyte.gz", 29497, "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17"),
    file("t10k-images-idx3-ubyte.gz", 3041136, "edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5"),
    file("t10k-labels-idx1-ubyte.gz", 5120, "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c"),
  ],
};

const cifar10: Download = {
  name: "cifar10",
  about: "small colour photographs, 50,000 + 10,000, 32×32, 10 classes",
  licence: "none stated (A. Krizhevsky); research use",
  addresses: ["https://www.cs.toronto.edu/~kriz/"],
  files: [
    file("cifar-10-binary.tar.gz", 170052171, "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd"),
  ],
};

const cifar100: Download = {
  name: "cifar100",
  about: "small colour photographs, 50,000 + 10,000, 32×32, 100 classes",
  licence: "none stated (A. Krizhevsky); research use",
  addresses: ["https://www.cs.toronto.edu/~kriz/"],
  files: [
    file("cifar-100-binary.tar.gz", 168513733, "58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec"),
  ],
};

const facades: Download = {
  name: "facades",
  about: "photographs of facades beside their label maps, 400 + 100 + 106 pairs, 256×256",
  licence: "none stated (CMP Facade Database, R. Tylecek and R. Sara); research use",
  addresses: [
    "https://efrosgans.eecs.berkeley.edu/pix2pix/datasets/",
    "http://efrosgans.eecs.berkeley.edu/pix2pix/datasets/",
  ],
  files: [file("facades.tar.gz", 30168306)],
};

const horse2zebra: Download = {
  name: "horse2zebra",
  about: "photographs of horses and of zebras, 1,067 and 1,334 + 120 and 140, 256×256, unpaired",
  licence: "non-commercial research only; the photographs come from ImageNet",
  addresses: [
    "https://efrosgans.eecs.berkeley.edu/cyclegan/datasets/",
    "http://efrosgans.eecs.berkeley.edu/cyclegan/datasets/",
  ],
  files: [file("horse2zebra.zip", 116867962, "a74d9d392eecca9966b51287a76ca126af473d9de4f3e8fc0e9cda08fa1730a1")],
};

/** Every set that can be downloaded. */
export function listDownloads(): readonly Download[] {
  return [mnist, fashionMnist, kmnist, cifar10, cifar100, facades, horse2zebra];
}
