BEGIN TRANSACTION;
CREATE TABLE alerts (
	alert_id INTEGER NOT NULL, 
	time_ns BIGINT NOT NULL, 
	camera TEXT NOT NULL, 
	rule TEXT NOT NULL, 
	place TEXT NOT NULL, 
	value DOUBLE NOT NULL, 
	threshold DOUBLE NOT NULL, 
	unit TEXT NOT NULL, 
	why TEXT NOT NULL, 
	PRIMARY KEY (alert_id), 
	CONSTRAINT alerts_natural UNIQUE (time_ns, camera, rule, place)
);
INSERT INTO "alerts" VALUES(1,1790553600000000000,'north','crowd','square',5.0,4.0,'m-2','Too dense.');
CREATE TABLE audit_entries (
	entry_id INTEGER NOT NULL, 
	time_ns BIGINT NOT NULL, 
	actor TEXT NOT NULL, 
	action TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	detail TEXT NOT NULL, 
	PRIMARY KEY (entry_id)
);
INSERT INTO "audit_entries" VALUES(1,1790553600000000000,'ada','camera.added','north','');
CREATE TABLE camera_health (
	time_ns BIGINT NOT NULL, 
	camera TEXT NOT NULL, 
	state TEXT NOT NULL, 
	since_ns BIGINT NOT NULL, 
	why TEXT NOT NULL, 
	measured DOUBLE, 
	threshold DOUBLE, 
	frames_in BIGINT NOT NULL, 
	frames_dropped BIGINT NOT NULL, 
	frames_undecodable BIGINT NOT NULL, 
	detect_p50_ms DOUBLE, 
	detect_p95_ms DOUBLE, 
	PRIMARY KEY (time_ns, camera)
)
 WITHOUT ROWID;
INSERT INTO "camera_health" VALUES(1790553601000000000,'north','connecting',1790553600000000000,'Why 1.',NULL,NULL,1,0,0,NULL,NULL);
INSERT INTO "camera_health" VALUES(1790553601000000000,'south','offline',1790553600000000000,'Why 1.',NULL,NULL,1,0,0,NULL,NULL);
INSERT INTO "camera_health" VALUES(1790553602000000000,'north','online',1790553600000000000,'Why 2.',NULL,NULL,2,0,0,NULL,NULL);
CREATE TABLE configuration_versions (
	number INTEGER NOT NULL, 
	time_ns BIGINT NOT NULL, 
	author TEXT NOT NULL, 
	text TEXT NOT NULL, 
	PRIMARY KEY (number)
);
INSERT INTO "configuration_versions" VALUES(1,1790553600000000000,'ada','cameras: []');
CREATE TABLE deletion_runs (
	run_id INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	time_ns BIGINT NOT NULL, 
	cutoff_ns BIGINT NOT NULL, 
	deleted BIGINT NOT NULL, 
	PRIMARY KEY (run_id)
);
CREATE TABLE newest_health (
	camera TEXT NOT NULL, 
	time_ns BIGINT NOT NULL, 
	state TEXT NOT NULL, 
	since_ns BIGINT NOT NULL, 
	why TEXT NOT NULL, 
	measured DOUBLE, 
	threshold DOUBLE, 
	frames_in BIGINT NOT NULL, 
	frames_dropped BIGINT NOT NULL, 
	frames_undecodable BIGINT NOT NULL, 
	detect_p50_ms DOUBLE, 
	detect_p95_ms DOUBLE, 
	PRIMARY KEY (camera)
);
INSERT INTO "newest_health" VALUES('south',1790553601000000000,'offline',1790553600000000000,'Why 1.',NULL,NULL,1,0,0,NULL,NULL);
INSERT INTO "newest_health" VALUES('north',1790553602000000000,'online',1790553600000000000,'Why 2.',NULL,NULL,2,0,0,NULL,NULL);
CREATE TABLE observations_3600 (
	key_id INTEGER NOT NULL, 
	start_s BIGINT NOT NULL, 
	value DOUBLE, 
	weight DOUBLE NOT NULL, 
	error DOUBLE, 
	error_weight DOUBLE NOT NULL, 
	count BIGINT NOT NULL, 
	watched_s DOUBLE NOT NULL, 
	PRIMARY KEY (key_id, start_s)
)
 WITHOUT ROWID;
CREATE TABLE observations_60 (
	start_s BIGINT NOT NULL, 
	key_id INTEGER NOT NULL, 
	value DOUBLE, 
	error DOUBLE, 
	count BIGINT NOT NULL, 
	coverage DOUBLE NOT NULL, 
	PRIMARY KEY (start_s, key_id)
)
 WITHOUT ROWID;
INSERT INTO "observations_60" VALUES(1790553600,1,0.0,NULL,0,1.0);
INSERT INTO "observations_60" VALUES(1790553600,2,0.0,NULL,150,0.5);
INSERT INTO "observations_60" VALUES(1790553660,1,1.0,NULL,1,1.0);
INSERT INTO "observations_60" VALUES(1790553660,2,0.5,NULL,150,0.5);
INSERT INTO "observations_60" VALUES(1790553720,1,2.0,NULL,2,1.0);
INSERT INTO "observations_60" VALUES(1790553720,2,1.0,NULL,150,0.5);
CREATE TABLE observations_86400 (
	key_id INTEGER NOT NULL, 
	start_s BIGINT NOT NULL, 
	value DOUBLE, 
	weight DOUBLE NOT NULL, 
	error DOUBLE, 
	error_weight DOUBLE NOT NULL, 
	count BIGINT NOT NULL, 
	watched_s DOUBLE NOT NULL, 
	PRIMARY KEY (key_id, start_s)
)
 WITHOUT ROWID;
CREATE TABLE observations_900 (
	key_id INTEGER NOT NULL, 
	start_s BIGINT NOT NULL, 
	value DOUBLE, 
	weight DOUBLE NOT NULL, 
	error DOUBLE, 
	error_weight DOUBLE NOT NULL, 
	count BIGINT NOT NULL, 
	watched_s DOUBLE NOT NULL, 
	PRIMARY KEY (key_id, start_s)
)
 WITHOUT ROWID;
INSERT INTO "observations_900" VALUES(1,1790553600,3.0,4.0,NULL,0.0,3,180.0);
INSERT INTO "observations_900" VALUES(2,1790553600,0.5,90.0,NULL,0.0,450,90.0);
CREATE TABLE passerby_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT passerby_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "passerby_version" VALUES('0002');
CREATE TABLE roll_up_due (
	length_s INTEGER NOT NULL, 
	start_s BIGINT NOT NULL, 
	camera TEXT NOT NULL, 
	PRIMARY KEY (length_s, start_s, camera)
)
 WITHOUT ROWID;
INSERT INTO "roll_up_due" VALUES(3600,1790553600,'north');
INSERT INTO "roll_up_due" VALUES(86400,1790553600,'north');
CREATE TABLE series_keys (
	key_id INTEGER NOT NULL, 
	camera TEXT NOT NULL, 
	series TEXT NOT NULL, 
	quantity TEXT NOT NULL, 
	road_user SMALLINT NOT NULL, 
	direction TEXT NOT NULL, 
	fold SMALLINT NOT NULL, 
	PRIMARY KEY (key_id), 
	CONSTRAINT series_keys_natural UNIQUE (camera, series, quantity, road_user, direction)
);
INSERT INTO "series_keys" VALUES(1,'north','gate','flow',0,'forward',0);
INSERT INTO "series_keys" VALUES(2,'north','square','occupancy_mean',-1,'',2);
CREATE TABLE store_settings (
	name TEXT NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "store_settings" VALUES('zone','UTC');
CREATE INDEX ix_audit_entries_time_ns ON audit_entries (time_ns);
COMMIT;
