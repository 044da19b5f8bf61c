-- The records of one collection, written once by the desk and only read on the kiosk.
-- Opens in Datasette; full-text search over the words is added with sqlite-utils (records_fts).

CREATE TABLE records (
    item INTEGER PRIMARY KEY,          -- row of its fingerprint, from 0
    record_id TEXT NOT NULL UNIQUE,    -- the museum's own id
    title TEXT NOT NULL,
    makers TEXT,                       -- "Name (role); Name (role)"
    date_text TEXT,                    -- as the museum writes it
    year_min INTEGER,                  -- derived from date_text; NULL where it says nothing sure
    year_max INTEGER,
    classification TEXT,
    technique TEXT,                    -- comma list
    institution TEXT,
    inventory_number TEXT,
    rights TEXT,
    credit TEXT,
    source_url TEXT,
    note TEXT,
    show_picture INTEGER NOT NULL,     -- 0: found, and its text shown, without its picture
    width INTEGER NOT NULL,            -- of the museum's picture, upright, in pixels
    height INTEGER NOT NULL,
    image_sha256 TEXT NOT NULL         -- of the museum's picture file
);
CREATE INDEX records_years ON records (year_min, year_max);

-- One row a value: what a search can be narrowed by.
CREATE TABLE terms (
    facet TEXT NOT NULL,               -- classification, technique, institution, maker, relation
    value TEXT NOT NULL,
    item INTEGER NOT NULL REFERENCES records (item),
    PRIMARY KEY (facet, value, item)
) WITHOUT ROWID;
CREATE INDEX terms_item ON terms (item);

CREATE TABLE relations (
    item INTEGER NOT NULL REFERENCES records (item),
    position INTEGER NOT NULL,         -- order in the museum's own list
    kind TEXT NOT NULL,                -- "Part of", "State of", ...
    target TEXT NOT NULL,              -- a record id or free text, as the museum writes it
    target_item INTEGER REFERENCES records (item),
    PRIMARY KEY (item, position)
) WITHOUT ROWID;
CREATE INDEX relations_target ON relations (target_item);

CREATE TABLE languages (
    field TEXT PRIMARY KEY,
    language TEXT NOT NULL             -- BCP 47
) WITHOUT ROWID;

-- Pictures of a record beyond its first, such as its verso.
CREATE TABLE more_pictures (
    picture INTEGER PRIMARY KEY,       -- row of its fingerprint; the records' first pictures come before it
    item INTEGER NOT NULL REFERENCES records (item),
    position INTEGER NOT NULL,         -- among the record's pictures; 0 is its first
    width INTEGER NOT NULL,            -- of the museum's picture, upright, in pixels
    height INTEGER NOT NULL,
    image_sha256 TEXT NOT NULL,        -- of the museum's picture file
    UNIQUE (item, position)
);

-- The titles that the museum gives in a stated language; records.title stands in for every other language.
CREATE TABLE titles (
    item INTEGER NOT NULL REFERENCES records (item),
    language TEXT NOT NULL,            -- BCP 47
    title TEXT NOT NULL,
    PRIMARY KEY (item, language)
) WITHOUT ROWID;

PRAGMA application_id = 1886547531;    -- "prnK"
PRAGMA user_version = 2;
