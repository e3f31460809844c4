/**
 * What is left of an image's paths when its layers lie on each other.
 *
 * A layer's whiteouts hide what is below the layer and nothing of its own, so
 * they are applied at its end. Folders are merged, everything else replaces
 * what was there. Hard links are names of one content, which lives as long as
 * one of them does.
 *
 * @see https://github.com/opencontainers/image-spec/blob/main/layer.md
 *
 * @module
 */
import { type FlattenPlan, Folder, TreeNode } from "./flatten_node.ts";
import { type LayerEntry, shownText } from "./layer_entry.ts";
import { LayerError } from "./layer_error.ts";

const WHITEOUT = ".wh.";
const OPAQUE = ".wh..wh..opq";
/** What AUFS left in old images for itself. */
const WHITEOUT_META = ".wh..wh.";

/** As many links in a row as Linux follows. */
const MAX_LINKS = 40;

/** Some hundred bytes of memory each. */
const MAX_ENTRIES = 1 << 22;

/** How a path is walked. */
interface Walk {
  follows: (link: TreeNode) => boolean;
  /** Whether a link at the path's end is followed too. */
  followsLast: boolean;
  /** Makes the folder that is missing; absent: the way ends there. */
  make?: (
    parent: TreeNode,
    name: string,
    old: TreeNode | undefined,
  ) => TreeNode;
}

/** Takes the entries of all layers, from the lowest up. */
export class FlattenTree {
  readonly root = new TreeNode("", undefined, { layer: -1, position: -1 }, {
    folder: new Folder(),
  });
  #layer = -1;
  #count = 0;
  /** How many entries each layer has. */
  readonly #counts: number[] = [];
  #whiteouts: { folder: string; name: string | undefined }[] = [];
  /** Entries come folder by folder. */
  #last: { path: string; node: TreeNode } | undefined;

  /** Makes the next entries those of another layer. */
  beginLayer(): void {
    this.#layer++;
    this.#counts.push(0);
    this.#last = undefined;
  }

  /**
   * Adds an entry.
   *
   * @throws {LayerError} for what no file system can hold.
   */
  add(entry: LayerEntry, position: number): void {
    const { path } = entry;
    this.#counts[this.#layer] = position + 1;
    if (++this.#count > MAX_ENTRIES) {
      throw new LayerError("the image has too many files");
    }
    if (path.includes(WHITEOUT) && this.#isWhiteout(path)) return;
    if (path === "") {
      if (entry.type !== "folder") {
        throw new LayerError("the image's root is not a folder");
      }
      this.root.folder!.entry = entry;
      return;
    }
    const slash = path.lastIndexOf("/");
    const parent = this.#folderFor(slash < 0 ? "" : path.slice(0, slash));
    const name = path.slice(slash + 1);
    const at = { layer: this.#layer, position };
    const old = parent.folder!.children.get(name);
    if (entry.type === "folder" && old?.folder) {
      old.folder.entry = entry;
      old.layer = at.layer;
      old.position = position;
      return;
    }
    const node = entry.type === "link"
      ? this.#linkNode(entry, name, parent, at)
      : new TreeNode(name, parent, at, {
        size: entry.size,
        ...(entry.type === "symlink" && { link: entry }),
        ...(entry.type === "folder" && { folder: folderOf(entry) }),
      });
    if (old?.folder) this.#last = undefined;
    parent.folder!.children.set(name, node);
  }

  /** Applies what the layer hides of the layers below. */
  endLayer(): void {
    for (const { folder, name } of this.#whiteouts) {
      // Links of this layer say nothing of what is below it.
      const at = this.#walk(folder, {
        follows: () => false,
        followsLast: false,
      });
      const children = at?.folder?.children;
      if (!children) continue;
      const hidden = name === undefined
        ? [...children.values()]
        : [children.get(name)];
      for (const child of hidden) {
        if (child && !this.#prune(child)) children.delete(child.name);
      }
    }
    this.#whiteouts = [];
    this.#last = undefined;
  }

  /** What goes out, once all layers are in. */
  plan(): FlattenPlan {
    const folders: TreeNode[] = [];
    const layers = this.#counts.map((count) =>
      new Array<TreeNode | undefined>(count).fill(undefined)
    );
    let size = 0;
    const shared: TreeNode[] = [];
    const visit = (node: TreeNode) => {
      if (node.folder) {
        folders.push(node);
        for (const child of node.folder.children.values()) visit(child);
      } else if (node.link) {
        // Where it is in the folder is enough.
      } else if (node.content) {
        shared.push(node);
        const { first } = node.content;
        if (!first || isBefore(node, first)) node.content.first = node;
      } else {
        layers[node.layer]![node.position] = node;
        size += node.size;
      }
    };
    visit(this.root);
    for (const node of shared) {
      const content = node.content!;
      const isFirst = content.first === node;
      const { layer, position } = isFirst ? content : node;
      layers[layer]![position] = node;
      if (isFirst) size += content.size;
    }
    for (const nodes of layers) {
      nodes.length = nodes.findLastIndex((node) => node !== undefined) + 1;
    }
    return { folders, layers, size };
  }

  /** What is at a path when all links are followed inside the root. */
  resolve(path: string): TreeNode | undefined {
    return this.#walk(path, { follows: () => true, followsLast: true });
  }

  /** Notes a whiteout; false for a path that only looks like one. */
  #isWhiteout(path: string): boolean {
    const parts = path.split("/");
    const name = parts.pop()!;
    const folder = parts.join("/");
    const isMeta = (part: string) => part.startsWith(WHITEOUT_META);
    if (name === OPAQUE && !parts.some(isMeta)) {
      this.#whiteouts.push({ folder, name: undefined });
      return true;
    }
    if (isMeta(name) || parts.some(isMeta)) return true;
    if (parts.some((part) => part.startsWith(WHITEOUT))) {
      throw new LayerError(`${shownText(path)} is below a whiteout`);
    }
    if (!name.startsWith(WHITEOUT)) return false;
    const hidden = name.slice(WHITEOUT.length);
    if (hidden === "" || hidden === "." || hidden === "..") {
      throw new LayerError(`${shownText(path)} hides nothing that can be`);
    }
    this.#whiteouts.push({ folder, name: hidden });
    return true;
  }

  /** A name more of what is there. */
  #linkNode(
    { path, target }: LayerEntry,
    name: string,
    parent: TreeNode,
    at: { layer: number; position: number },
  ): TreeNode {
    const found = this.#find(target);
    if (!found || found.folder || target === path) {
      const why = !found
        ? "which is not there"
        : found.folder
        ? "which is a folder"
        : "itself";
      throw new LayerError(
        `${shownText(path)} is a hard link to ${shownText(target)}, ${why}`,
      );
    }
    found.content ??= {
      layer: found.layer,
      position: found.position,
      size: found.size,
      first: undefined,
    };
    const node = new TreeNode(name, parent, at, {
      size: found.size,
      link: found.link,
    });
    node.content = found.content;
    return node;
  }

  /**
   * The folder that an entry goes into; what is missing of it is made. A link
   * or a file of a layer below gives way; a link of this layer is followed,
   * as tar does.
   */
  #folderFor(path: string): TreeNode {
    if (this.#last?.path === path) return this.#last.node;
    const node = this.#walk(path, {
      follows: (link) => link.layer === this.#layer,
      followsLast: true,
      make: (parent, name, old) => {
        if (old?.layer === this.#layer) {
          throw new LayerError(
            `${shownText(path)} is used as a folder and is none`,
          );
        }
        const at = { layer: this.#layer, position: -1 };
        const made = new TreeNode(name, parent, at, { folder: new Folder() });
        parent.folder!.children.set(name, made);
        return made;
      },
    })!;
    this.#last = { path, node };
    return node;
  }

  /** What is at a path: only links of this layer are followed on the way. */
  #find(path: string): TreeNode | undefined {
    return this.#walk(path, {
      follows: (link) => link.layer === this.#layer,
      followsLast: false,
    });
  }

  #walk(path: string, how: Walk): TreeNode | undefined {
    const parts = path === "" ? [] : path.split("/").reverse();
    let node = this.root;
    let links = 0;
    if (how.make) node.folder!.touched = this.#layer;
    for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
      if (part === "" || part === ".") continue;
      if (part === "..") {
        node = node.parent ?? node;
        continue;
      }
      const child = node.folder!.children.get(part);
      const isLast = parts.length === 0;
      if (child?.folder) node = child;
      else if (
        child?.link && (!isLast || how.followsLast) && how.follows(child)
      ) {
        if (++links > MAX_LINKS) {
          throw new LayerError(`${shownText(path)} has too many links in it`);
        }
        const { target } = child.link;
        if (target.startsWith("/")) node = this.root;
        parts.push(...target.split("/").reverse());
        continue;
      } else if (how.make) node = how.make(node, part, child);
      else return isLast ? child : undefined;
      if (how.make) node.folder!.touched = this.#layer;
    }
    return node;
  }

  /** Takes away what is not of this layer; false when nothing is left. */
  #prune(node: TreeNode): boolean {
    const { folder } = node;
    const own = node.layer === this.#layer;
    if (!folder) return own;
    if (folder.touched !== this.#layer) {
      folder.children.clear();
      return own;
    }
    for (const child of [...folder.children.values()]) {
      if (!this.#prune(child)) folder.children.delete(child.name);
    }
    if (!own) {
      folder.entry = undefined;
      node.layer = this.#layer;
      node.position = -1;
    }
    return true;
  }
}

function folderOf(entry: LayerEntry): Folder {
  const folder = new Folder();
  folder.entry = entry;
  return folder;
}

function isBefore(one: TreeNode, other: TreeNode): boolean {
  return one.layer === other.layer
    ? one.position < other.position
    : one.layer < other.layer;
}
