// What visitors of a listing may do, besides looking and downloading. Types only.

/** What the page of a folder offers; whoever answers the requests decides what is done. */
export interface PageRights {
  /** Files may be added. */
  readonly upload: boolean;
  /** Folders may be made; files and folders may be renamed and deleted. */
  readonly edit: boolean;
  /** A file that is there may be replaced by an upload of the same name. */
  readonly overwrite: boolean;
  /** The folder can be had as a zip, at `?zip`. */
  readonly zip: boolean;
}
