// Types that the page's modules share. Only the type checker reads this file; no browser loads it.

/** A picture that the visitor uploaded, or took over from the stand to mark a part on. */
interface OwnPicture {
    file: Blob;
    /** Where this page has the picture. */
    address: string;
    upload: AbortController;
    /** The corners of the print or of a part in the picture, as marked by the visitor. */
    corners: string | null;
    isPart: boolean;
    /** In pixels as sent; 0 if this browser can't decode it. */
    size: [width: number, height: number];
    /** The address of its comparison with the answer. */
    comparison?: string | undefined;
    editor?:
        | import("./static/corner_editor.js").CornerEditor
        | import("./static/region_editor.js").RegionEditor;
    /** Ends after the last quarter turn. */
    turning?: Promise<void>;
}

/** How two pictures are compared. */
interface ComparisonState {
    mode: string;
    mix: string | undefined;
    hasArea: boolean;
}

/** A box's sides as shares of the picture. */
type Box = [left: number, top: number, right: number, bottom: number];

/** What was seen in a live picture. */
interface Observation {
    /** The sheet's corners, x and y in turn as shares of the picture. */
    points: number[] | null;
    /** How far the sheet has come to be held still, 0..1. */
    still: number;
    hint: string | null;
    /** Whether the print was looked up already; a hint may be shown for it, too. */
    isKnown: boolean;
}

/** The fields of the stand's state that the page reads (openapi.json has all). */
interface StandState {
    /** Changes with every start of the service. */
    boot_id: string;
    revision: number;
    is_open: boolean;
    camera_ready: boolean;
    answer: object | null;
}
