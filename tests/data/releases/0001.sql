-- A database as the first release left it, with something in every table.
BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL,
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE articles (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	url TEXT NOT NULL,
	feed_id INTEGER NOT NULL,
	first_seen DATETIME NOT NULL,
	published DATETIME,
	backlog BOOLEAN NOT NULL,
	pending BOOLEAN NOT NULL,
	watchlist_id INTEGER,
	score FLOAT,
	eligible_at DATETIME,
	story_id INTEGER,
	CONSTRAINT fk_articles_feed_id_feeds FOREIGN KEY(feed_id) REFERENCES feeds (id),
	CONSTRAINT fk_articles_watchlist_id_watchlists FOREIGN KEY(watchlist_id) REFERENCES watchlists (id),
	CONSTRAINT fk_articles_story_id_stories FOREIGN KEY(story_id) REFERENCES stories (id)
);
INSERT INTO "articles" VALUES(1,'https://a.example/khorgos',1,'2026-03-01 08:00:00.000000','2026-03-01 08:00:00.000000',0,0,1,70.0,'2026-03-01 08:00:00.000000',1);
INSERT INTO "articles" VALUES(2,'https://a.example/wheat',1,'2026-03-01 08:00:00.000000','2026-03-01 08:00:00.000000',0,0,1,3.0,NULL,2);
INSERT INTO "articles" VALUES(3,'https://a.example/rail',2,'2026-03-02 08:00:00.000000','2026-03-01 08:00:00.000000',0,0,1,70.0,'2026-03-01 08:00:00.000000',3);
CREATE TABLE carried (
	digest TEXT NOT NULL,
	variant TEXT NOT NULL,
	article_id INTEGER NOT NULL,
	story_id INTEGER NOT NULL,
	edition_id INTEGER NOT NULL,
	CONSTRAINT pk_carried PRIMARY KEY (digest, variant, article_id),
	CONSTRAINT fk_carried_article_id_articles FOREIGN KEY(article_id) REFERENCES articles (id),
	CONSTRAINT fk_carried_story_id_stories FOREIGN KEY(story_id) REFERENCES stories (id),
	CONSTRAINT fk_carried_edition_id_editions FOREIGN KEY(edition_id) REFERENCES editions (id)
)
 WITHOUT ROWID

;
INSERT INTO "carried" VALUES('daily','',1,1,1);
CREATE TABLE deliveries (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	edition_id INTEGER NOT NULL,
	subscriber TEXT NOT NULL,
	transport TEXT NOT NULL,
	message_id TEXT NOT NULL,
	state VARCHAR(16) NOT NULL,
	attempts INTEGER NOT NULL,
	token INTEGER NOT NULL,
	leased_until DATETIME,
	retry_at DATETIME,
	settled_at DATETIME,
	error TEXT,
	CONSTRAINT fk_deliveries_edition_id_editions FOREIGN KEY(edition_id) REFERENCES editions (id),
	CONSTRAINT uq_deliveries_edition_id_subscriber_transport UNIQUE (edition_id, subscriber, transport)
);
INSERT INTO "deliveries" VALUES(1,1,'reader@example.org','email','<1@example.org>','new',0,0,NULL,NULL,NULL,NULL);
CREATE TABLE editions (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	digest TEXT NOT NULL,
	slot DATETIME NOT NULL,
	variant TEXT NOT NULL,
	since DATETIME,
	until DATETIME NOT NULL,
	frozen_at DATETIME NOT NULL,
	subject TEXT NOT NULL,
	text TEXT NOT NULL,
	html TEXT NOT NULL,
	story_count INTEGER NOT NULL,
	CONSTRAINT uq_editions_digest_variant_slot UNIQUE (digest, variant, slot)
);
INSERT INTO "editions" VALUES(1,'daily','2026-03-01 08:00:00.000000','','2026-02-28 08:00:00.000000','2026-03-01 08:00:00.000000','2026-03-01 08:00:00.000000','Khorgos: 1 story','text','<p>html</p>',1);
CREATE TABLE entries (
	feed_id INTEGER NOT NULL,
	article_id INTEGER NOT NULL,
	hash TEXT NOT NULL,
	seen_at DATETIME NOT NULL,
	CONSTRAINT pk_entries PRIMARY KEY (feed_id, article_id),
	CONSTRAINT fk_entries_feed_id_feeds FOREIGN KEY(feed_id) REFERENCES feeds (id),
	CONSTRAINT fk_entries_article_id_articles FOREIGN KEY(article_id) REFERENCES articles (id)
)
 WITHOUT ROWID

;
INSERT INTO "entries" VALUES(1,1,'h-khorgos','2026-03-01 08:00:00.000000');
INSERT INTO "entries" VALUES(1,2,'h-wheat-2','2026-03-01 08:00:00.000000');
INSERT INTO "entries" VALUES(2,3,'h-rail','2026-03-02 08:00:00.000000');
CREATE TABLE feeds (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	url TEXT NOT NULL,
	outlet TEXT NOT NULL,
	lang VARCHAR(16),
	country VARCHAR(2),
	camp TEXT,
	enabled BOOLEAN NOT NULL,
	etag TEXT,
	last_modified TEXT,
	body_hash TEXT,
	state VARCHAR(16) NOT NULL,
	error TEXT,
	failures INTEGER NOT NULL,
	first_polled_at DATETIME,
	polled_at DATETIME,
	succeeded_at DATETIME,
	next_poll_at DATETIME,
	leased_until DATETIME,
	token INTEGER NOT NULL,
	CONSTRAINT uq_feeds_url UNIQUE (url)
);
INSERT INTO "feeds" VALUES(1,'https://a.example/rss','Astana Wire','en','KZ','state',1,'"e1"','Sun, 01 Mar 2026 08:00:00 GMT','b1','ok',NULL,0,'2026-03-01 08:00:00.000000','2026-03-03 08:00:00.000000','2026-03-03 08:00:00.000000','2026-03-03 09:00:00.000000',NULL,0);
INSERT INTO "feeds" VALUES(2,'https://www.b.example/rss','新华 Xinhua','zh','CN',NULL,1,'"e1"','Sun, 01 Mar 2026 08:00:00 GMT','b1','ok',NULL,0,'2026-03-02 08:00:00.000000','2026-03-02 08:00:00.000000','2026-03-02 08:00:00.000000','2026-03-02 09:00:00.000000',NULL,0);
CREATE TABLE identities (
	"key" TEXT NOT NULL,
	article_id INTEGER NOT NULL,
	CONSTRAINT pk_identities PRIMARY KEY ("key"),
	CONSTRAINT fk_identities_article_id_articles FOREIGN KEY(article_id) REFERENCES articles (id)
)
 WITHOUT ROWID

;
INSERT INTO "identities" VALUES('guid:1:khorgos',1);
INSERT INTO "identities" VALUES('guid:1:rail',3);
INSERT INTO "identities" VALUES('guid:1:wheat',2);
INSERT INTO "identities" VALUES('link:a.example/khorgos',1);
INSERT INTO "identities" VALUES('link:a.example/rail',3);
INSERT INTO "identities" VALUES('link:a.example/wheat',2);
CREATE TABLE installation (
	name VARCHAR(32) NOT NULL,
	CONSTRAINT pk_installation PRIMARY KEY (name)
)
 WITHOUT ROWID

;
INSERT INTO "installation" VALUES('fc15702036ccb9034b0fbb69d5ef7c2b');
CREATE TABLE judgements (
	revision_id INTEGER NOT NULL,
	watchlist_id INTEGER NOT NULL,
	at DATETIME NOT NULL,
	score FLOAT NOT NULL,
	lang VARCHAR(16) NOT NULL,
	countries JSON NOT NULL,
	topics JSON NOT NULL,
	entities JSON NOT NULL,
	receipt JSON,
	CONSTRAINT pk_judgements PRIMARY KEY (revision_id, watchlist_id),
	CONSTRAINT fk_judgements_revision_id_revisions FOREIGN KEY(revision_id) REFERENCES revisions (id),
	CONSTRAINT fk_judgements_watchlist_id_watchlists FOREIGN KEY(watchlist_id) REFERENCES watchlists (id)
)
 WITHOUT ROWID

;
INSERT INTO "judgements" VALUES(1,1,'2026-03-01 08:00:00.000000',70.0,'en','["KZ", "CN"]','["transport"]','["khorgos"]','[["entity:khorgos", 70.0, "Khorgos", "Khorgos", "title", 0, 7]]');
INSERT INTO "judgements" VALUES(3,1,'2026-03-01 08:00:00.000000',70.0,'en','["KZ", "CN"]','["transport"]','["khorgos"]','[["entity:khorgos", 70.0, "Khorgos", "Khorgos", "title", 0, 7]]');
INSERT INTO "judgements" VALUES(4,1,'2026-03-01 08:00:00.000000',3.0,'en','["KZ", "CN"]','["transport"]','["khorgos"]','[["entity:khorgos", 3.0, "Khorgos", "Khorgos", "title", 0, 7]]');
CREATE TABLE labels (
	kind VARCHAR(8) NOT NULL,
	label TEXT NOT NULL,
	article_id INTEGER NOT NULL,
	CONSTRAINT pk_labels PRIMARY KEY (kind, label, article_id),
	CONSTRAINT fk_labels_article_id_articles FOREIGN KEY(article_id) REFERENCES articles (id)
)
 WITHOUT ROWID

;
INSERT INTO "labels" VALUES('country','CN',1);
INSERT INTO "labels" VALUES('country','KZ',1);
INSERT INTO "labels" VALUES('entity','khorgos',1);
INSERT INTO "labels" VALUES('topic','transport',1);
INSERT INTO "labels" VALUES('country','CN',2);
INSERT INTO "labels" VALUES('country','KZ',2);
INSERT INTO "labels" VALUES('entity','khorgos',2);
INSERT INTO "labels" VALUES('topic','transport',2);
INSERT INTO "labels" VALUES('country','CN',3);
INSERT INTO "labels" VALUES('country','KZ',3);
INSERT INTO "labels" VALUES('entity','khorgos',3);
INSERT INTO "labels" VALUES('topic','transport',3);
CREATE TABLE marks (
	mark TEXT NOT NULL,
	day INTEGER NOT NULL,
	story_id INTEGER NOT NULL,
	CONSTRAINT pk_marks PRIMARY KEY (mark, day, story_id),
	CONSTRAINT fk_marks_story_id_stories FOREIGN KEY(story_id) REFERENCES stories (id)
)
 WITHOUT ROWID

;
INSERT INTO "marks" VALUES('e:khorgos',20513,1);
INSERT INTO "marks" VALUES('e:khorgos',20513,2);
INSERT INTO "marks" VALUES('e:khorgos',20514,3);
INSERT INTO "marks" VALUES('en:train',20513,1);
INSERT INTO "marks" VALUES('en:train',20513,2);
INSERT INTO "marks" VALUES('zh:train',20514,3);
CREATE TABLE polls (
	id INTEGER NOT NULL,
	feed_id INTEGER NOT NULL,
	at DATETIME NOT NULL,
	state VARCHAR(16) NOT NULL,
	status INTEGER,
	entries INTEGER NOT NULL,
	new INTEGER NOT NULL,
	changed INTEGER NOT NULL,
	error TEXT,
	CONSTRAINT pk_polls PRIMARY KEY (id),
	CONSTRAINT fk_polls_feed_id_feeds FOREIGN KEY(feed_id) REFERENCES feeds (id)
);
INSERT INTO "polls" VALUES(1,1,'2026-03-01 08:00:00.000000','ok',200,0,2,0,NULL);
INSERT INTO "polls" VALUES(2,2,'2026-03-02 08:00:00.000000','ok',200,0,1,0,NULL);
INSERT INTO "polls" VALUES(3,1,'2026-03-03 08:00:00.000000','ok',200,0,0,1,NULL);
CREATE TABLE revisions (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	article_id INTEGER NOT NULL,
	hash TEXT NOT NULL,
	title TEXT NOT NULL,
	summary TEXT NOT NULL,
	text TEXT NOT NULL,
	lang VARCHAR(16) NOT NULL,
	seen_at DATETIME NOT NULL,
	current BOOLEAN NOT NULL,
	CONSTRAINT fk_revisions_article_id_articles FOREIGN KEY(article_id) REFERENCES articles (id),
	CONSTRAINT uq_revisions_article_id_hash UNIQUE (article_id, hash)
);
INSERT INTO "revisions" VALUES(1,1,'h-khorgos','Khorgos dry port handles a record','','Trains from China wait less at Khorgos.','en','2026-03-01 08:00:00.000000',1);
INSERT INTO "revisions" VALUES(2,2,'h-wheat','Wheat prices fall','','Nothing to see here.','en','2026-03-01 08:00:00.000000',0);
INSERT INTO "revisions" VALUES(3,3,'h-rail','中亚铁路开工','','中吉乌铁路建设加快。','zh','2026-03-02 08:00:00.000000',1);
INSERT INTO "revisions" VALUES(4,2,'h-wheat-2','Wheat prices fall again','','An edit.','en','2026-03-03 08:00:00.000000',1);
CREATE TABLE signatures (
	article_id INTEGER NOT NULL,
	at DATETIME NOT NULL,
	lang VARCHAR(16) NOT NULL,
	body JSON NOT NULL,
	CONSTRAINT pk_signatures PRIMARY KEY (article_id),
	CONSTRAINT fk_signatures_article_id_articles FOREIGN KEY(article_id) REFERENCES articles (id)
);
INSERT INTO "signatures" VALUES(1,'2026-03-01 08:00:00.000000','en','[["khorgos"], [], ["train"], []]');
INSERT INTO "signatures" VALUES(2,'2026-03-01 08:00:00.000000','en','[["khorgos"], [], ["train"], []]');
INSERT INTO "signatures" VALUES(3,'2026-03-02 08:00:00.000000','zh','[["khorgos"], [], ["train"], []]');
CREATE TABLE stories (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	opened_at DATETIME NOT NULL
);
INSERT INTO "stories" VALUES(1,'2026-03-01 08:00:00.000000');
INSERT INTO "stories" VALUES(2,'2026-03-01 08:00:00.000000');
INSERT INTO "stories" VALUES(3,'2026-03-01 08:00:00.000000');
CREATE TABLE watchlists (
	id INTEGER NOT NULL,
	fingerprint TEXT NOT NULL,
	body TEXT NOT NULL,
	kept_at DATETIME NOT NULL,
	CONSTRAINT pk_watchlists PRIMARY KEY (id),
	CONSTRAINT uq_watchlists_fingerprint UNIQUE (fingerprint)
);
INSERT INTO "watchlists" VALUES(1,'fp-1','{"terms": []}','2026-03-01 08:00:00.000000');
CREATE INDEX ix_polls_feed_id_at ON polls (feed_id, at);
CREATE INDEX ix_articles_url ON articles (url);
CREATE INDEX ix_articles_first_seen ON articles (first_seen);
CREATE INDEX ix_articles_story_id ON articles (story_id);
CREATE INDEX ix_articles_pending ON articles (id) WHERE pending IS 1;
CREATE INDEX ix_articles_eligible_at ON articles (eligible_at) WHERE eligible_at IS NOT NULL;
CREATE INDEX ix_entries_article_id ON entries (article_id);
CREATE UNIQUE INDEX ix_revisions_current ON revisions (article_id) WHERE current IS 1;
CREATE INDEX ix_labels_article_id ON labels (article_id);
CREATE INDEX ix_carried_story_id ON carried (story_id);
CREATE INDEX ix_deliveries_state ON deliveries (state);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('feeds',2);
INSERT INTO "sqlite_sequence" VALUES('articles',3);
INSERT INTO "sqlite_sequence" VALUES('revisions',4);
INSERT INTO "sqlite_sequence" VALUES('stories',3);
INSERT INTO "sqlite_sequence" VALUES('editions',1);
INSERT INTO "sqlite_sequence" VALUES('deliveries',1);
COMMIT;
