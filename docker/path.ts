/** Tells whether a path starts at the root. */
export function isAbsolutePath(path: string): boolean {
  return path.startsWith("/");
}

/** Shortens a slash path as Go's path.Clean: no `//`, `.` and `..` inside, no slash at the end. */
export function cleanPath(path: string): string {
  const absolute = isAbsolutePath(path);
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else if (!absolute) parts.push("..");
  }
  const joined = parts.join("/");
  return absolute ? `/${joined}` : joined || ".";
}

/** Makes a path absolute against a directory, and cleans it. */
export function resolvePath(directory: string, path: string): string {
  return cleanPath(isAbsolutePath(path) ? path : `${directory}/${path}`);
}
