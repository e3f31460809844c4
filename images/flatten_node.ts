/**
 * The paths of an image whose layers are put on each other.
 *
 * @module
 */
import type { LayerEntry } from "./layer_entry.ts";

/** A path of the image. Only what is not in the layers any more is kept here. */
export class TreeNode {
  /** Empty for the root. */
  readonly name: string;
  readonly parent: TreeNode | undefined;
  /** The layer that has it, and its place among the layer's entries. */
  layer: number;
  position: number;
  /** Bytes in the archive. */
  readonly size: number;
  /** Of a symbolic link. */
  readonly link: LayerEntry | undefined;
  readonly folder: Folder | undefined;
  /** Of a name that shares its content with others. */
  content: SharedContent | undefined;

  constructor(
    name: string,
    parent: TreeNode | undefined,
    at: { layer: number; position: number },
    what: { size?: number; link?: LayerEntry | undefined; folder?: Folder } =
      {},
  ) {
    this.name = name;
    this.parent = parent;
    this.layer = at.layer;
    this.position = at.position;
    this.size = what.size ?? 0;
    this.link = what.link;
    this.folder = what.folder;
    this.content = undefined;
  }

  /** Relative to the root. */
  get path(): string {
    let path = this.name;
    for (let at = this.parent; at?.parent; at = at.parent) {
      path = `${at.name}/${path}`;
    }
    return path;
  }
}

/** What makes a path a folder. */
export class Folder {
  readonly children = new Map<string, TreeNode>();
  /** Absent when no layer has an entry for it, only for what is in it. */
  entry: LayerEntry | undefined;
  /** The last layer that has something in it. */
  touched = -1;
}

/** Content with several names. */
export interface SharedContent {
  readonly layer: number;
  readonly position: number;
  readonly size: number;
  /** The surviving name that the content goes out under. */
  first: TreeNode | undefined;
}

/** What goes out. */
export interface FlattenPlan {
  /** Each after the one that it is in; the root is the first. */
  folders: TreeNode[];
  /**
   * For each layer, what to do with its entries: nothing, or this path.
   * Folders and symbolic links are not among them.
   */
  layers: (TreeNode | undefined)[][];
  /** All content, bytes. */
  size: number;
}
